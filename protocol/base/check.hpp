// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace slipway::base {

/// What only our own mistake can break: when it does not hold, the program says where, on stderr,
/// and ends with SIGABRT. Unlike an assert it stays in what is shipped, where NDEBUG takes the
/// asserts of the libraries out.
inline void check(bool holds, const char* what,
                  std::source_location where = std::source_location::current()) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "%s:%u: this must hold: %s\n", where.file_name(), where.line(), what);
  std::abort();
}

}  // namespace slipway::base
