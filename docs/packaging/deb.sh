#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh BUILD VERSION - Debian packages from BUILD/ptgen-VERSION.tar.gz (`make dist`)
#
# Needs dpkg-dev and debhelper; asks lintian where it is installed.  Nothing is
# signed.  The packages lie in BUILD/deb.  Their maintainer is who builds them:
# DEBFULLNAME and DEBEMAIL, as for the Debian tools; without them it is a
# placeholder at example.org, a name that nobody can own.
set -eu
build=$1 version=$2
for tool in dpkg-buildpackage dh; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "deb: $tool is missing: apt-get install dpkg-dev debhelper"
		exit 1
	}
done
rm -rf "$build/deb"
mkdir -p "$build/deb"
cp "$build/ptgen-$version.tar.gz" "$build/deb/ptgen_$version.orig.tar.gz"
cd "$build/deb"
tar -xf "ptgen_$version.orig.tar.gz"
cd "ptgen-$version"
cp -r docs/packaging/debian debian
[ -z "${DEBEMAIL:-}" ] ||
	sed -i "s|The ptgen developers <ptgen@example.org>|${DEBFULLNAME:-$DEBEMAIL} <$DEBEMAIL>|" debian/control debian/changelog
unset MAKEFLAGS MAKELEVEL MFLAGS CFLAGS LDFLAGS CPPFLAGS B MODE
dpkg-buildpackage -us -uc >../build.log 2>&1 || {
	tail -n 30 ../build.log
	exit 1
}
cd ..
ls ./*.deb
if command -v lintian >/dev/null 2>&1; then
	user=$([ "$(id -u)" -eq 0 ] && echo --allow-root || true)
	# shellcheck disable=SC2086
	lintian $user --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs ./*.changes
else
	echo "deb: lintian is not installed: not asked"
fi
