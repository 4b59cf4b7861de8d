# compare.awk - answers of `ptgen translate --json` beside what the oracle says
#
#   paste want answers | awk -v ram_first=.. -v ram_last=.. -f compare.awk
#
# Input: pa size user super flags JSON.  Prints what differs and, last, "ROWS DIFFERENCES".

function value(json, key,    at, rest)
{
	at = index(json, "\"" key "\":")
	if (!at)
		return "missing"
	rest = substr(json, at + length(key) + 3)
	if (substr(rest, 1, 1) == "\"") {
		rest = substr(rest, 2)
		return substr(rest, 1, index(rest, "\"") - 1)
	}
	match(rest, /^[^,}]*/)
	return substr(rest, 1, RLENGTH)
}

function number(hex,    i, n)
{
	n = 0
	hex = tolower(hex)
	for (i = 3; i <= length(hex); i++)
		n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return n
}

# "." in the wish matches anything.
function like(has, wish,    i, c)
{
	if (wish == ".")
		return 1
	for (i = 1; i <= length(wish); i++) {
		c = substr(wish, i, 1)
		if (c != "." && c != substr(has, i, 1))
			return 0
	}
	return 1
}

function prefixed(pa, prefix,    n, p)
{
	n = number(pa)
	p = number(prefix)
	if (n < 8192)
		return sprintf("0x%x", n + p)
	if (n >= p && n < p + 8192)
		return sprintf("0x%x", n - p)
	return pa
}

function differs(    pa, fault, size)
{
	pa = value($6, "pa")
	fault = value($6, "fault")
	if ($1 == "fault")
		return fault == "null"
	if ($1 == "elsewhere")
		return fault != "unreadable" && (fault != "null" || (number(pa) >= ram_first && number(pa) <= ram_last))
	if (fault != "null")
		return 1
	if ($1 == "mapped")
		return 0
	if ($5 ~ /^prefix=/)
		pa = prefixed(pa, substr($5, 8))
	if (pa != $1 || !like(value($6, "user"), $3) || !like(value($6, "supervisor"), $4))
		return 1
	size = value($6, "page_size")
	if ($2 != "." && size != $2)
		return 1
	if ($5 ~ /^g/ && !like("g" value($6, "global") "a" value($6, "accessed") "d" value($6, "dirty"), $5))
		return 1
	return 0
}

BEGIN { FS = "\t" }
differs() {
	bad++
	if (bad <= 2)
		print "  wanted " $1, $2, $3, $4, $5 "  got " $6 > "/dev/stderr"
}
END { print NR, bad + 0 }
