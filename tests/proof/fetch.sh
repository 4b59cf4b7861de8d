#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch.sh DIR PACKAGE... - unpack packages of Debian 13 below DIR, with what they need
#
# Debian 12 has no model checker and no LoongArch assembler.  The mirror this
# system already uses is asked for the packages of the next release; they are
# unpacked into DIR/root, nothing is installed, and DIR/run PROGRAM starts one
# of them with its own loader and libraries.
set -eu

dir=$(mkdir -p "$1" && cd "$1" && pwd)
shift
suite=trixie

fail() {
	echo "fetch.sh: $1" >&2
	exit 1
}

command -v apt-get >/dev/null 2>&1 || fail "apt-get is not here: unpack $* of Debian 13 into $dir/root by hand"
arch=$(dpkg --print-architecture)

# The mirror of the system: the first deb line, or the first URIs line.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
	sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*debian\/\{0,1\}\) .*/\2/p; s/^URIs: *\([^ ]*debian\/\{0,1\}\)$/\1/p' | head -1)
[ -n "$mirror" ] || fail "no Debian mirror in /etc/apt"

mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial" "$dir/apt/etc" "$dir/root"
: >"$dir/apt/status"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $mirror $suite main" >"$dir/apt/sources.list"
cat >"$dir/apt/apt.conf" <<EOF
Dir::State "$dir/apt";
Dir::State::status "$dir/apt/status";
Dir::State::lists "$dir/apt/lists";
Dir::Cache "$dir/apt";
Dir::Etc::sourcelist "$dir/apt/sources.list";
Dir::Etc::sourceparts "$dir/apt/etc";
Dir::Etc::preferences "$dir/apt/etc/none";
Dir::Etc::preferencesparts "$dir/apt/etc";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Debug::NoLocking "true";
EOF
apt="apt-get -c $dir/apt/apt.conf -qq"
$apt update >"$dir/log" 2>&1 || fail "the package lists of $suite cannot be had (see $dir/log)"
$apt install --download-only -y "$@" >>"$dir/log" 2>&1 || fail "cannot download $* (see $dir/log)"
for deb in "$dir"/apt/archives/*.deb; do
	dpkg-deb -x "$deb" "$dir/root"
done
rm -rf "$dir/apt"

case $arch in
amd64) loader=lib64/ld-linux-x86-64.so.2 triple=x86_64-linux-gnu ;;
arm64) loader=lib/ld-linux-aarch64.so.1 triple=aarch64-linux-gnu ;;
*) fail "no loader known for $arch" ;;
esac
cat >"$dir/run" <<EOF
#!/bin/sh
# run PROGRAM [ARG...] - a program of $dir/root with its own libraries
root=$dir/root
program=\$1
shift
export PATH="$dir/bin:\$PATH"
for at in \$root/usr/$loader \$root/$loader; do
	[ -e "\$at" ] && exec "\$at" --library-path "\$root/usr/lib/$triple:\$root/lib/$triple:\$root/usr/lib" "\$root/usr/bin/\$program" "\$@"
done
echo "no loader in \$root" >&2
exit 1
EOF
chmod +x "$dir/run"
