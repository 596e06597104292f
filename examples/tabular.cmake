# The road from a raw table to predictions, as whoever types it sees it: cmake -DTABULAR=PROGRAM
# -DFOLDER=EMPTY_FOLDER -P tabular.cmake
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})

# Runs the program; `says` names a list of what has to be in its output, word for word.
function(run says)
  execute_process(
    COMMAND ${TABULAR} ${ARGN}
    WORKING_DIRECTORY ${FOLDER}
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  foreach(text IN LISTS ${says})
    string(FIND "${output}" "${text}" at)
    if(at LESS 0)
      message(SEND_ERROR "tabular ${ARGN}: expected \"${text}\", got\n${output}")
    endif()
  endforeach()
endfunction()

# 60 birds in the shape of a field book: row numbers without a name, an identifier, a date, a column
# without values, numbers with a comma, a target that two rows lack.
set(birds "|Bird ID|Date Egg|Island|Sex|Notes|Bill (mm)|Mass (g)\n")
set(islands Biscoe Dream)
foreach(k RANGE 1 60)
  math(EXPR day "10 + ${k} % 20")
  math(EXPR odd "${k} % 2")
  math(EXPR mass "3000 + 700 * ${odd} + 10 * ${k}")
  math(EXPR tenth "${k} % 10")
  list(GET islands ${odd} island)
  if(k EQUAL 7 OR k EQUAL 8)
    set(mass NA)
  endif()
  string(APPEND birds "${k}|N${k}A1|2007-11-${day}|${island}|F||4${odd},${tenth}|${mass}\n")
endforeach()
file(WRITE ${FOLDER}/birds.csv "${birds}")

set(trained
    "2 of 60 rows lack the target 'Mass (g)': they are left out"
    "column '0' has no name in the file and counts the rows: it is left out"
    "column 'Notes' has no value in any row: it is left out"
    "column 'Bird ID' holds 58 different texts in 58 rows, as 'N10A1': it is left out (--wide keep uses it)"
    "column 'Date Egg' holds 20 different dates in 58 rows, as '2007-11-10': it is left out"
    "58 rows, 8 columns become 4 numbers\; regression of 'Mass (g)'"
    "wrote birds.safetensors")
run(trained train birds.csv --target "Mass (g)" --model birds --epochs 3)
set(kept "column 'Bird ID' holds 58 different texts in 58 rows, as 'N10A1': it becomes 58 numbers")
run(kept train birds.csv --target "Mass (g)" --model kept --epochs 3 --wide keep)
set(refused "to drop or keep such columns")
run(refused train birds.csv --target "Mass (g)" --model refused --wide refuse)

file(WRITE ${FOLDER}/new.csv "Sex,Island,Bill (mm)\nF,Rome,40.5\nF,Dream,41\nF,Rome,40\n")
set(predicted
    "column 'Island': 'Rome' was not among the training rows (2 rows, the first in line 2): predicted without it"
    "predicted 3 rows\; wrote predicted.csv")
run(predicted predict new.csv --model birds)
file(WRITE ${FOLDER}/bad.csv "Sex,Island,Bill (mm)\nF,Dream,wide\n")
set(bad "tabular: bad.csv:2: column 2 ('Bill (mm)'): expected a number, got 'wide'")
run(bad predict bad.csv --model birds)

file(WRITE ${FOLDER}/unnamed.csv "a,,b,\n1,5,x,\n2,7,y,\n3,9,x,\n4,3,y,\n5,3,x,\n")
set(unnamed "column 1 has no name in the file: it is called '1'"
            "column '3' has no value in any row: it is left out")
run(unnamed train unnamed.csv --target b --epochs 1)

set(unknown "birds.csv: no column 'mass', did you mean 'Mass (g)'?")
run(unknown train birds.csv --target mass)
set(constant "birds.csv: the target 'Sex' is 'F' in all 60 rows: there is nothing to learn")
run(constant train birds.csv --target Sex)
set(missing "birds.csv: the target 'Notes' is missing in all 60 rows")
run(missing train birds.csv --target Notes)
set(identifier "the target 'Bird ID' has 60 classes in 60 rows: hardly any comes twice")
run(identifier train birds.csv --target "Bird ID" --epochs 1)
file(WRITE ${FOLDER}/header.csv "a,b\n")
set(header "header.csv: there are no rows below the header")
run(header train header.csv --target a)
string(REPLACE "N30A1|2007-11-20|Biscoe|F||40,0" "N30A1|2007-11-20|Biscoe|F||40,0 mm" one_bad
               "${birds}")
file(WRITE ${FOLDER}/one_bad.csv "${one_bad}")
set(one_bad
    "one_bad.csv:31: column 6 ('Bill (mm)'): expected a number, as in 59 other rows, got '40,0 mm'"
    "name it with --missing\; if the column is text, name it with --text")
run(one_bad train one_bad.csv --target "Mass (g)")
