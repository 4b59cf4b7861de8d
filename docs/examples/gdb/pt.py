# SPDX-License-Identifier: MIT
"""pt.py - ptgen inside gdb, on a guest of QEMU's behind `target remote`

    (gdb) source pt.py
    (gdb) pt                          all mappings of the current root
    (gdb) pt dump -filter w x         any command of ptgen that takes an image, with its options
    (gdb) pt translate --steps 0xffffffff81000000

The root comes from the guest's registers, the memory from `monitor
dump-guest-memory`, into a file that is made again when the guest has run.
"""
import os
import shlex
import subprocess
import tempfile

import gdb

# The registers that must be there, those that may be, and what ptgen calls the family.
MACHINES = [
    (["cr3", "cr4"], ["cr0", "efer"], "ia32e"),
    (["satp"], [], "riscv64"),
    (["TTBR0_EL1", "TTBR1_EL1", "TCR_EL1"], [], "aarch64"),
]


def register(name):
    value = gdb.parse_and_eval("$" + name)
    if value.type.code == gdb.TYPE_CODE_VOID:
        raise gdb.error(name)
    return int(value) & (1 << 64) - 1


def root():
    for needed, more, family in MACHINES:
        try:
            given = ["%s=0x%x" % (n.lower(), register(n)) for n in needed]
        except gdb.error:
            continue
        for n in more:
            try:
                given.append("%s=0x%x" % (n, register(n)))
            except gdb.error:
                pass
        return ["-f", family, "--root", ",".join(given)]
    raise gdb.GdbError("pt: no root register that it knows; say -f and --root to ptgen itself")


class Pt(gdb.Command):
    """ptgen on the guest: pt [COMMAND [OPTIONS] [ADDRESS...]]; see ptgen(1)."""

    def __init__(self):
        super().__init__("pt", gdb.COMMAND_DATA)
        self.image = os.path.join(tempfile.mkdtemp(), "guest.elf")
        gdb.events.cont.connect(lambda event: self.forget())

    def forget(self):
        if os.path.exists(self.image):
            os.unlink(self.image)

    def invoke(self, argument, from_tty):
        words = shlex.split(argument)
        command = words.pop(0) if words and not words[0].startswith("-") else "dump"
        addresses = [w for w in words if w[0].isdigit()] if command in ("translate", "read", "p2v") else []
        options = [w for w in words if w not in addresses]
        if not os.path.exists(self.image):
            gdb.execute("monitor dump-guest-memory " + self.image, to_string=True)
        done = subprocess.run([os.environ.get("PTGEN", "ptgen"), command] + root() + options + [self.image] + addresses,
                              capture_output=True, text=True)
        gdb.write(done.stdout + done.stderr)


Pt()
