# SPDX-License-Identifier: BSD-3-Clause
# usage: awk -f man/pages.awk -v version=V -v into=FOLDER include/pfq/pfq.h
# A manual page for each function that the header declares: what its comment says, and the example of its section, which is
# man/SECTION.c.

function trimmed(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

# Text that troff takes as it is.
function escaped(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	sub(/^[.']/, "\\\\\\&&", text)
	return text
}

function sentence(text) {
	if (match(text, /[.:;]( |$)/))
		text = substr(text, 1, RSTART - 1)
	# Not within parentheses.
	if (text ~ /\([^)]*$/)
		sub(/ \([^)]*$/, "", text)
	return length(text) > 100 ? substr(text, 1, 97) "..." : text
}

function declared(text,    name) {
	gsub(/[ \t]+/, " ", text)
	sub(/^ ?static inline /, "", text)
	sub(/;.*$/, "", text)
	match(text, /pfq_[a-z_]+\(/)
	name = substr(text, RSTART, RLENGTH - 1)
	names[++count] = name
	if (comment != last_comment)
		before = first
	if (comment != last_comment || comment == "")
		first = name
	last_comment = comment
	prototype[name] = trimmed(text)
	about[name] = comment
	lines_of[name] = comment_lines
	sub(/^The same/, "The same as " before, about[name])
	sub(/^The same/, "The same as " before "(3)", lines_of[name])
	section_of[name] = section
	in_section[section] = in_section[section] " " name
}

/^#pragma GCC visibility push/ { began = 1 }
!began { next }

/^\/\* -- / {
	section = tolower($3)
	gsub(/[^a-z]/, "", section)
	if (section == "a")
		section = "batch"
	comment = ""
	next
}

# A comment stays what is said about the functions up to the next empty line.
/^\/\*/ { inside = 1; comment = ""; comment_lines = "" }
inside {
	text = $0
	sub(/^ ?\/?\*+\/? ?/, "", text)
	closing = sub(/ *\*\/$/, "", text) || text == "/"
	if (text == "/")
		text = ""
	if ($0 ~ /\*\/ *$/)
		closing = 1
	if (trimmed(text) != "") {
		comment = comment (comment == "" ? "" : " ") trimmed(text)
		comment_lines = comment_lines text "\n"
	} else if (comment_lines != "" && !closing)
		comment_lines = comment_lines "\n"
	if (closing)
		inside = 0
	next
}
/^$/ { comment = ""; comment_lines = "" }

/^[a-z].*pfq_[a-z_]+\(/ && !/^typedef/ && !/^\t/ { declaration = ""; reading = 1 }
reading {
	declaration = declaration " " $0
	if ($0 ~ /;$/ || $0 ~ /\)$/) {
		declared(declaration)
		reading = 0
	}
}

function write_lines(text, page,    lines, total, i, gap) {
	total = split(text, lines, "\n")
	for (i = 1; i <= total; i++) {
		if (lines[i] == "")
			gap = 1
		else {
			if (gap)
				print ".PP" >page
			gap = 0
			# What is indented is a table, and stays one.
			if (lines[i] ~ /^  /)
				print ".nf\n" escaped(lines[i]) "\n.fi" >page
			else
				print escaped(trimmed(lines[i])) >page
		}
	}
}

function write_page(name,    page, of, example, line, others, total, i) {
	page = into "/" name ".3"
	of = section_of[name]
	example = "man/" of ".c"
	print ".TH " toupper(name) " 3 \"\" \"libpfq " version "\" \"PFQ\"" >page
	print ".SH NAME\n" name " \\- " escaped(sentence(about[name])) >page
	print ".SH SYNOPSIS\n.nf\n#include <pfq/pfq.h>\n\n" escaped(prototype[name]) ";\n.fi" >page
	print ".SH DESCRIPTION" >page
	write_lines(lines_of[name], page)
	if (prototype[name] ~ /^(int|ssize_t) / && of != "batch")
		print ".SH RETURN VALUE\n0 or the value that is described; \\-1 on failure: then errno is set, and\n.BR pfq_error (3)\nhas one line about it." >page
	print ".SH EXAMPLE\n.nf" >page
	while ((getline line <example) > 0)
		if (line !~ /SPDX-License/)
			print escaped(line) >page
	close(example)
	print ".fi\n.SH SEE ALSO" >page
	total = split(in_section[of], others, " ")
	for (i = 1; i <= total; i++)
		if (others[i] != name)
			print ".BR " others[i] " (3)" (i < total ? "," : "") >page
	close(page)
}

END {
	for (i = 1; i <= count; i++)
		write_page(names[i])
}
