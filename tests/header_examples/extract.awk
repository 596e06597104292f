# The examples in the comments of headers as C++: each becomes a function in a namespace named after
# its header, autodiff_ops_reduce for autodiff/ops/reduce.hpp.
#     awk -f extract.awk autodiff/ops/reduce.hpp ... > examples.cpp
#
# An example is indented by five spaces or more, as formulas are, and is told from them by a line
# that ends, but for its comment, in a semicolon or a brace; formulas have characters that code has
# in texts alone. An ellipsis, …, leaves something out. Definitions come before the statements that
# they stand among; what can only be a part of a class stands in one derived from `Host`.

function finish_paragraph() {
  if (code && !formula && count) {
    for (i = 1; i <= count; i++) { example[++length_] = line[i]; place[length_] = at[i] }
  } else if (count) finish_example()
  count = code = formula = 0
}

function starts_definition(s) {
  return s ~ /^(struct|class|template|using) / ||
         s ~ /^[A-Za-z][A-Za-z0-9_:<>, &*]* [A-Za-z_:]+\(.*\{$/ && s !~ /^(return|else) /
}

# The line without its comment, without texts.
function statement(s) {
  gsub(/"([^"\\]|\\.)*"/, "\"\"", s)
  sub(/ *\/\/.*/, "", s)
  return s
}

function finish_example(   i, s, member, inside, braces, kind) {
  if (!length_) return
  if (!opened++) print "#include <thalweg/" file ">\nnamespace examples::" name " {"
  for (i = 1; i <= length_; i++) {
    s = statement(example[i])
    if (s ~ /^static / || s ~ /^[A-Za-z].*\) const( \{|;)$/) member = 1
    if (!inside && starts_definition(s)) { inside = 1; braces = 0 }
    kind[i] = inside
    if (s ~ /\{$/) braces = 1
    if (inside && (s ~ /^\}/ || !braces && s ~ /[;}]$/)) inside = 0
  }
  if (member) print "struct example_" place[1] " : Host {"
  write(kind, 1)
  if (!member) print "auto example_" place[1] "() {"
  write(kind, 0)
  print member ? "};" : "}"
  length_ = 0
}

# The lines that are, or are not, those of definitions, each where the compiler will say it is.
function write(kind, definitions,   i) {
  for (i = 1; i <= length_; i++)
    if (kind[i] == definitions) print "#line " place[i] " \"" file "\"\n" example[i]
}

FNR == 1 {
  finish_paragraph(); finish_example()
  if (opened) print "}"
  opened = 0
  file = FILENAME
  name = file
  sub(/\.hpp$/, "", name)
  gsub(/\//, "_", name)
}

/^ *\/\/\/     / {
  s = $0
  sub(/^ *\/\/\/     /, "", s)
  line[++count] = s
  at[count] = FNR
  gsub(/\(…\)/, "(;;)", line[count])
  gsub(/…/, "", line[count])
  s = statement(s)
  if (s ~ /[;{}]$/) code = 1
  gsub(/…/, "", s)
  if (s ~ /[\200-\377]/) formula = 1
  next
}

{ finish_paragraph() }
!/^ *\/\/\/$/ { finish_example() }

END { finish_paragraph(); finish_example(); if (opened) print "}" }
