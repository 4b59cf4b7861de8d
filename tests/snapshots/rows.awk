# rows.awk - the rows of one guest's oracle as questions
#
#   awk -v kind=riscv|exec|x86|pae|aarch64|armv7|s390x -v dir=DIR [-v tcr=..] -f rows.awk oracle.tsv
#
# Rows that share root, access and context make a group N: DIR/N.va holds the
# addresses, DIR/N.want the answers (pa or "fault", size, user, supervisor, flags;
# "." where the oracle is silent), DIR/N.args the words for `ptgen translate`.

function group(args)
{
	if (!(args in number)) {
		number[args] = ++groups
		print args > (dir "/" groups ".args")
		close(dir "/" groups ".args")
	}
	return number[args]
}

function ask(args, va, pa, size, user, super, flags,    n)
{
	n = group(args)
	print va > (dir "/" n ".va")
	print pa, size, user, super, flags > (dir "/" n ".want")
}

function bit(text, letter) { return index(text, letter) > 0 }
function flag(text, letter) { return bit(text, letter) ? "true" : "false" }

BEGIN { FS = OFS = "\t" }
FNR == 1 { next }

# satp va privilege sum mxr pa attr(rwxugad, the leaf's own)
kind == "riscv" {
	user = super = flags = "."
	if ($7 ~ /^[-rwxugad]+$/ && $7 != "-" && $6 != "fault") {
		rwx = substr($7, 1, 3)
		if ($5 && bit(rwx, "x"))
			rwx = "r" substr(rwx, 2)
		user = bit($7, "u") ? rwx : "---"
		super = bit($7, "u") ? ($4 ? substr(rwx, 1, 2) "-" : "---") : rwx
		flags = "g" flag($7, "g")
	}
	ask("-f riscv64 --root satp=" $1 " --access " ($3 == "U" ? "ur" : "sr") " --ctx sum=" $4 ",mxr=" $5,
	    $2, $6, ".", user, super, flags)
}

# satp va privilege sum mxr load store_amo: executed.  access-fault: translated, but no memory is there.
kind == "exec" {
	root = "-f riscv64 --root satp=" $1 " --ctx sum=" $4 ",mxr=" $5 " --access "
	p = $3 == "U" ? "u" : "s"
	ask(root p "r", $2, $6 == "ok" ? "mapped" : $6 == "page-fault" ? "fault" : "elsewhere", ".", ".", ".", ".")
	# The atomic's load comes first: no memory there is told before the store is looked at.
	ask(root p ($7 == "access-fault" ? "r" : "rw"), $2,
	    $7 == "ok" ? "mapped" : $7 == "page-fault" ? "fault" : "elsewhere", ".", ".", ".", ".")
}

# cr3 va pa size flags(XGPDACTUW, the leaf's own) effective(urw)
kind == "x86" || kind == "pae" {
	user = super = flags = "."
	x = bit($5, "X") ? "-" : "."
	if ($6 ~ /^[-u][-r][-w]$/) {
		user = (bit($6, "u") ? "r" : "-") (bit($6, "u") && bit($6, "w") ? "w" : "-") (bit($6, "u") ? x : "-")
		super = "r" (bit($6, "w") ? "w" : "-") x
	}
	if ($5 != "-")
		flags = "g" flag($5, "G") "a" flag($5, "A") "d" flag($5, "D")
	ask((kind == "pae" ? "-f x86_pae --enable lenient_pdpte" : "-f ia32e") " --root cr3=" $1 ",cr4=" cr4,
	    $2, $3, $4 == "-" ? "." : $4, user, super, flags)
}

# method cpu ttbr0 ttbr1 va privilege pa detail.  gva2gpa ignores the access flag: as if hardware set it.
kind == "aarch64" {
	access = ($6 == "EL0" ? "u" : "s") ($8 ~ /^write/ ? "w" : "r")
	ask("-f aarch64" ($1 == "gva2gpa" ? " --enable ha" : "") " --root ttbr0=" $3 ",ttbr1=" $4 ",tcr=" tcr \
	    " --access " access, $5, $7, ".", ".", ".", ".")
}

# method cpu ttbr0 ttbr1 ttbcr dacr va privilege pa detail
kind == "armv7" {
	access = ($8 == "PL0" ? "u" : "s") ($10 ~ /^write/ ? "w" : "r")
	ask("-f armv7_short_tre --root ttbr0=" $3 ",ttbr1=" $4 ",ttbcr=" $5 " --ctx dacr=" $6 " --access " access,
	    $7, $9, ".", ".", ".", ".")
}

# cpu prefix asce va absolute: the two pages at 0 and at the prefix change places after translation
kind == "s390x" {
	ask("-f s390x --root asce=" $3 " --access sr", $4, $5, ".", ".", ".", "prefix=" $2)
}
