#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb.sh - a running guest: its tables read through QEMU's gdb stub, and a guest that goes away
. "$(dirname "$0")/lib"

command -v qemu-system-x86_64 >/dev/null || { echo "cli: gdb: left out, there is no qemu-system-x86_64"; exit 0; }

# The tables of synthetic.sh, in short: va 0x10000 -> 0x10000, va 0x11000 -> 0x8000.
I=$W/memory
dd if=/dev/zero of="$I" bs=1024 count=96 2>/dev/null
put "$I" 0x1000 8 0x2007
put "$I" 0x2000 8 0x3007
put "$I" 0x3000 8 0x4007
put "$I" 0x4080 8 0x10005
put "$I" 0x4088 8 0x8007
put "$I" 0x8010 8 0x1122334455667788
port=$((20000 + $$ % 20000))
qemu-system-x86_64 -machine pc,accel=tcg -m 32 -display none -nodefaults -no-reboot -S -gdb "tcp:127.0.0.1:$port" \
	-device "loader,file=$I,addr=0,force-raw=on" >"$W/qemu" 2>&1 &
qemu=$!
trap 'kill $qemu 2>/dev/null' EXIT
n=0
until "$PTGEN" read --pa "gdb://127.0.0.1:$port" 0x8010 8 >"$W/out" 2>"$W/err"; do
	n=$((n + 1))
	[ $n -lt 50 ] || { fail "no guest: $(cat "$W/qemu" "$W/err")"; finish; }
	sleep 0.2
done

G="-f x86_64 --root cr3=0x1000"
# shellcheck disable=SC2086
{
run 0 translate $G --json "gdb://127.0.0.1:$port" 0x10123 0x11456
has '"pa":"0x10123"' '"pa":"0x8456"'
run 1 translate $G --json "gdb://127.0.0.1:$port" 0x12000
run 0 dump $G --json "gdb://127.0.0.1:$port"
lines 2
run 0 read $G --hex "gdb://127.0.0.1:$port" 0x11010 8
has '88 77 66 55 44 33 22 11'
run 0 p2v $G --json "gdb://127.0.0.1:$port" 0x8000
has '"va":"0x11000"'
run 2 roots -f x86_64 "gdb://127.0.0.1:$port"
says --ram
run 0 roots -f x86_64 --ram 0-0x1ffff --json "gdb://127.0.0.1:$port"
has '"root":"cr3=0x1000"'
# It vanishes: what was read is shown, then exit status 3.
mkfifo "$W/questions"
"$PTGEN" translate $G --json "gdb://127.0.0.1:$port" - <"$W/questions" >"$W/out" 2>"$W/err" &
reader=$!
exec 3>"$W/questions"
echo 0x10123 >&3
sleep 0.5
kill $qemu
wait $qemu 2>/dev/null
echo 0xffff800000000000 >&3
exec 3>&-
wait $reader
got=$?
TESTS=$((TESTS + 1))
[ $got -eq 3 ] || fail "status $got after the guest went away"
has '"pa":"0x10123"'
says 'went away'
run 3 translate $G "gdb://127.0.0.1:$port" 0
}

# A guest that ran goes on, whatever ends the reading: its end, a pipe that closes, an interrupt.
mkfifo "$W/monitor"
port=$((port + 1))
qemu-system-x86_64 -machine pc,accel=tcg -m 32 -display none -nodefaults -gdb "tcp:127.0.0.1:$port" \
	-monitor stdio <"$W/monitor" >"$W/said" 2>&1 &
qemu=$!
exec 4>"$W/monitor"
goes_on() {
	TESTS=$((TESTS + 1))
	: >"$W/said"
	echo 'info status' >&4
	n=0
	until grep -q 'VM status' "$W/said" || [ $n -eq 50 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	grep -q 'VM status: running' "$W/said" || fail "after $1: $(grep -a 'VM status' "$W/said")"
}
n=0
until "$PTGEN" read --pa "gdb://127.0.0.1:$port" 0xf0000 8 >"$W/out" 2>"$W/err"; do
	n=$((n + 1))
	[ $n -lt 50 ] || { fail "no guest: $(cat "$W/said" "$W/err")"; finish; }
	sleep 0.2
done
goes_on 'the end'
"$PTGEN" read --hex --pa "gdb://127.0.0.1:$port" 0 0x1000000 2>/dev/null | head -n 1 >"$W/out"
goes_on 'a closed pipe'
for signal in INT TERM; do
	timeout --preserve-status -s $signal 1 "$PTGEN" read --hex --pa "gdb://127.0.0.1:$port" 0 0x2000000 >"$W/out" 2>"$W/err"
	got=$?
	[ $got -eq 3 ] || fail "status $got after SIG$signal"
	says interrupted
	[ -s "$W/out" ] || fail "nothing of what was read before SIG$signal"
	goes_on "SIG$signal"
done
finish
