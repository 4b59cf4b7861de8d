#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch.sh DIR SUITE ARCH KERNEL - DIR/vmlinuz and DIR/busybox of a Debian release
#
# KERNEL is the name that depends on the current one (linux-image-arm64).  The mirror
# this system already uses is asked; packages are unpacked, nothing is installed.
set -eu

dir=$(mkdir -p "$1" && cd "$1" && pwd) suite=$2 arch=$3 kernel=$4
[ -e "$dir/vmlinuz" ] && [ -e "$dir/busybox" ] && exit 0

fail() {
	echo "fetch.sh: $1" >&2
	exit 1
}

command -v apt-get >/dev/null 2>&1 || fail "apt-get is not here"
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
	sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*debian\/\{0,1\}\) .*/\2/p; s/^URIs: *\([^ ]*debian\/\{0,1\}\)$/\1/p' | head -1)
[ -n "$mirror" ] || fail "no Debian mirror in /etc/apt"

mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial" "$dir/apt/etc" "$dir/root"
: >"$dir/apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$dir/apt/sources.list"
cat >"$dir/apt/apt.conf" <<EOF
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "root";
Debug::NoLocking "true";
Dir::State "$dir/apt";
Dir::State::status "$dir/apt/status";
Dir::State::lists "$dir/apt/lists";
Dir::Cache "$dir/apt";
Dir::Etc::sourcelist "$dir/apt/sources.list";
Dir::Etc::sourceparts "$dir/apt/etc";
Dir::Etc::preferences "$dir/apt/etc/none";
Dir::Etc::preferencesparts "$dir/apt/etc";
EOF
export APT_CONFIG="$dir/apt/apt.conf"
apt-get -qq update >"$dir/log" 2>&1 || fail "the package lists of $suite cannot be had (see $dir/log)"
image=$(apt-cache depends "$kernel" | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\).*/\1/p' | head -1)
[ -n "$image" ] || fail "$suite has no $kernel for $arch"
# later releases have the kernel itself in a package of its own
binary=$(echo "$image" | sed 's/linux-image/linux-binary/')
apt-cache show "$binary" >/dev/null 2>&1 && image=$binary
(cd "$dir/apt/archives" && apt-get -qq download "$image" busybox-static) >>"$dir/log" 2>&1 ||
	fail "cannot download $image (see $dir/log)"
for deb in "$dir"/apt/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir/root" --wildcards '*/vmlinu[xz]*' './bin/busybox' './usr/bin/busybox' 2>/dev/null || true
done
mv $(find "$dir/root" -name 'vmlinu[xz]*') "$dir/vmlinuz"
mv "$dir"/root/bin/busybox "$dir/busybox" 2>/dev/null || mv "$dir/root/usr/bin/busybox" "$dir/busybox"
rm -rf "$dir/apt" "$dir/root"
