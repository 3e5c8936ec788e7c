# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT: a table of {number, name, SQL} from the files in MIGRATIONS.
set(text "// Made by migrations.cmake.\n#include \"controller/store/migrations.hpp\"\n\n")
string(APPEND text "namespace slipway::store {\n\nstd::span<const Migration> migrations() {\n")
string(APPEND text "  static constexpr Migration kAll[] = {\n")
foreach(file ${MIGRATIONS})
  get_filename_component(name ${file} NAME_WE)
  string(SUBSTRING ${name} 0 3 number)
  math(EXPR number "1${number} - 1000")
  file(READ ${file} sql)
  string(APPEND text "      {${number}, \"${name}\", R\"sqlite(${sql})sqlite\"},\n")
endforeach()
string(APPEND text "  };\n  return kAll;\n}\n\n}  // namespace slipway::store\n")
file(WRITE ${OUTPUT} "${text}")
