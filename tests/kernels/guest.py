#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""guest.py BUILD DIR NAME FORMAT QEMU... - boot a kernel, stop it, compare translations

The machine is stopped once; its memory goes to DIR/NAME.core, its registers come
from the monitor and the debugger's port, and its own MMU is asked for each address
(gva2gpa).  The same addresses are asked of `ptgen translate` on the core.  What the
machine answered is the expected value.
"""
import glob, json, os, random, re, socket, subprocess, sys, time

BOOT_SECONDS = 900
RANDOM_ADDRESSES = 2000
MOST = 8000


def newc(files):
    """A cpio archive: the kernel's initial file system."""
    out = b""
    for ino, (name, mode, data) in enumerate(files + [("TRAILER!!!", 0, b"")], 1):
        n = name.encode() + b"\0"
        head = "070701" + "".join("%08x" % x for x in (ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(n), 0))
        out += head.encode() + n
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return out


INIT = b"""#!/bin/busybox sh
/bin/busybox sleep 99999 &
/bin/busybox sh -c "while :; do :; done" &
echo READY-TO-STOP
/bin/busybox sleep 99999
"""


class Monitor:
    """QEMU's machine protocol."""

    def __init__(self, path, process):
        for _ in range(100):
            try:
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(path)
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("guest.py: qemu ended at once")
                time.sleep(0.1)
        self.file = self.sock.makefile("rw")
        self.file.readline()
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                sys.exit("guest.py: %s: %s" % (command, answer["error"]["desc"]))
            if "return" in answer:
                return answer["return"]

    def human(self, line):
        return self.run("human-monitor-command", **{"command-line": line})


class Debugger:
    """Registers by name, through the port that debuggers use."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.ask(b"qSupported:xmlRegisters=arm,aarch64")
        self.number = {}
        number = 0
        for part in re.findall(r'xi:include href="([^"]+)"', self.text("target.xml")):
            for attributes in re.findall(r"<reg ([^>]*)/>", self.text(part)):
                a = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
                number = int(a.get("regnum", number))
                self.number[a["name"]] = number
                number += 1

    def ask(self, command):
        self.sock.send(b"$" + command + b"#%02x" % (sum(command) & 255))
        got = b""
        while not re.search(rb"\$[^#]*#..", got, re.S):
            got += self.sock.recv(65536)
        self.sock.send(b"+")
        return re.search(rb"\$([^#]*)#", got, re.S).group(1)

    def text(self, name):
        out = b""
        while True:
            got = self.ask(b"qXfer:features:read:%s:%x,7f0" % (name.encode(), len(out)))
            got = re.sub(rb"\}(.)", lambda m: bytes([m.group(1)[0] ^ 0x20]), got, flags=re.S)
            out += got[1:]
            if got[:1] != b"m":
                return out.decode()

    def get(self, name):
        return int.from_bytes(bytes.fromhex(self.ask(b"p%x" % self.number[name]).decode()), "little")


def registers(fmt, monitor, gdb):
    """What --root takes; None: the machine does not tell."""
    text = monitor.human("info registers")

    def find(pattern):
        return int(re.search(pattern, text).group(1), 16)

    if fmt in ("ia32e", "x86_32", "x86_pae"):
        return "cr3=0x%x,cr4=0x%x" % (find(r"CR3=([0-9a-f]+)"), find(r"CR4=([0-9a-f]+)"))
    if fmt == "riscv64":
        return "satp=0x%x" % find(r"satp\s+([0-9a-f]+)")
    if fmt == "s390x":
        return "asce=0x%x" % find(r"C01=([0-9a-f]+)")
    if fmt == "aarch64":
        names = ("ttbr0", "TTBR0_EL1"), ("ttbr1", "TTBR1_EL1"), ("tcr", "TCR_EL1")
    elif fmt.startswith("armv7"):
        names = [("ttbr0", "TTBR0"), ("ttbr1", "TTBR1"), ("ttbcr", "TTBCR")]
        names += [("dacr", "DACR")] if fmt == "armv7_short" else []
    else:
        return None
    return ",".join("%s=0x%x" % (ours, gdb.get(theirs)) for ours, theirs in names)


def ptgen(build, *words, text=None):
    got = subprocess.run([build + "/ptgen", *words], input=text, capture_output=True, text=True)
    if got.returncode > 1 or not got.stdout:
        sys.exit("guest.py: ptgen %s: %s" % (" ".join(words[:6]), got.stderr))
    return got.stdout


def addresses(rows, mask, base):
    """Ends, neighbours and random places of what is mapped, and random addresses."""
    chosen = set()
    for row in rows:
        first, length = int(row["va"], 16), int(str(row["len"]), 0)
        for at in (first, first - 1, first + length - 1, first + length, first + length // 2):
            chosen.add(at & mask)
        for _ in range(20):
            chosen.add((first + random.randrange(length)) & mask)
    for _ in range(RANDOM_ADDRESSES):
        chosen.add(random.getrandbits(64) & mask)
    chosen = sorted(at | base for at in chosen)
    return sorted(random.sample(chosen, MOST)) if len(chosen) > MOST else chosen


def question(fmt, monitor):
    """Arm's answers are those of a read by the code that was stopped; the others' do not look at rights."""
    text = monitor.human("info registers")
    if fmt == "aarch64":
        state = int(re.search(r"PSTATE=([0-9a-f]+)", text).group(1), 16)
        return ["--access", "sr" if state >> 2 & 3 else "ur", "--ctx", "pan=%d" % (state >> 22 & 1)]
    if fmt.startswith("armv7"):
        state = int(re.search(r"PSR=([0-9a-f]+)", text).group(1), 16)
        return ["--access", "ur" if state & 0xf == 0 else "sr"]
    return ["--lenient"] if fmt == "x86_pae" else []  # the emulator sets a reserved bit of its own


def prefixed(fmt, ours, theirs):
    """s390x tells absolute addresses: the first two pages are each processor's own, elsewhere in memory."""
    return fmt == "s390x" and ours is not None and theirs is not None and (ours < 0x2000 or theirs < 0x2000) and \
        ours % 4096 == theirs % 4096


def compare(monitor, rows, fmt):
    counts = {"same": 0, "mapped": 0, "differ": 0}
    for row in rows:
        said = monitor.human("gva2gpa %s" % row["va"])
        found = re.search(r"gpa: (\w+)", said)
        theirs = int(found.group(1), 16) if found else None
        ours = None if row["fault"] else int(row["pa"], 16)
        if ours == theirs or prefixed(fmt, ours, theirs):
            counts["same"] += 1
            counts["mapped"] += theirs is not None
        else:
            counts["differ"] += 1
            if counts["differ"] <= 10:
                print("  %s: the machine says %s, ptgen %s" % (row["va"], said.strip(), json.dumps(row)))
    return counts


def boot(directory, name, qemu):
    base = directory + "/" + name
    files = [("bin", 0o40755, b""), ("dev", 0o40755, b""), ("init", 0o100755, INIT),
             ("bin/busybox", 0o100755, open(directory + "/busybox", "rb").read())]
    with open(base + ".cpio", "wb") as f:
        f.write(newc(files))
    for old in glob.glob(base + ".serial") + glob.glob(base + ".core"):
        os.unlink(old)
    process = subprocess.Popen(
        qemu + ["-kernel", directory + "/vmlinuz", "-initrd", base + ".cpio", "-display", "none", "-monitor", "none",
                "-append", "console=ttyS0 console=ttyAMA0 console=hvc0 console=ttysclp0 panic=-1 rdinit=/init",
                "-serial", "file:" + base + ".serial", "-qmp", "unix:%s.qmp,server=on,wait=off" % base,
                "-gdb", "unix:%s.gdb,server=on,wait=off" % base])
    return process, Monitor(base + ".qmp", process), base


def wait_for_init(base, process):
    for _ in range(BOOT_SECONDS):
        time.sleep(1)
        if process.poll() is not None:
            break
        if os.path.exists(base + ".serial") and b"READY-TO-STOP" in open(base + ".serial", "rb").read():
            time.sleep(2)
            return
    sys.exit("guest.py: no init within %d s (see %s.serial)" % (BOOT_SECONDS, base))


def check(build, fmt, monitor, base):
    monitor.run("stop")
    gdb = Debugger(base + ".gdb") if fmt == "aarch64" or fmt.startswith("armv7") else None
    monitor.run("dump-guest-memory", paging=False, protocol="file:" + base + ".core")
    root = registers(fmt, monitor, gdb)
    if root is None:  # the kernel's root is the best there is
        root = json.loads(ptgen(build, "roots", "-f", fmt, "--json", base + ".core").splitlines()[0])["root"]
    asked = question(fmt, monitor)
    where = ["-f", fmt, "--root", root, "--json", base + ".core"]
    lenient = asked if "--lenient" in asked else []
    rows = [json.loads(line) for line in ptgen(build, "dump", *lenient, *where).splitlines()]
    rows = [row for row in rows if not row.get("fault")]
    mask, high = (1 << 64) - 1, 0
    if fmt in ("x86_32", "x86_pae") or fmt.startswith("armv7"):
        mask = 0xffffffff
    if fmt == "power9_radix":  # the kernel's quadrant
        mask, high = (1 << 52) - 1, 0xc << 60
    text = "\n".join("0x%x" % at for at in addresses(rows, mask, high))
    answers = ptgen(build, "translate", *asked, *where, "-", text=text)
    counts = compare(monitor, [json.loads(line) for line in answers.splitlines()], fmt)
    counts["ranges"] = len(rows)
    return root, counts


def main():
    build, directory, name, fmt, *qemu = sys.argv[1:]
    random.seed(1)
    process, monitor, base = boot(directory, name, qemu)
    try:
        wait_for_init(base, process)
        root, counts = check(build, fmt, monitor, base)
    finally:
        process.kill()
        process.wait()
    os.unlink(base + ".core")
    print("kernels: %-10s %-12s %s: %d ranges, %d addresses agree, %d of them mapped, %d differ" % (
        name, fmt, root, counts["ranges"], counts["same"], counts["mapped"], counts["differ"]), flush=True)
    sys.exit(1 if counts["differ"] or not counts["mapped"] else 0)


main()
