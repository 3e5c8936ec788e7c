// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::base {

/// What a caller can do about a failure; one table maps these to HTTP, one to gRPC.
enum class ErrorCode {
  kInvalid,      ///< the input is wrong: mend it, do not repeat it
  kDenied,       ///< who asks may not do this
  kNotFound,     ///< the thing named does not exist
  kConflict,     ///< it exists already, or it changed meanwhile: read again
  kExhausted,    ///< a limit or quota is reached
  kUnavailable,  ///< out of reach now: try again later
  kTimeout,      ///< no answer within the time given
  kInternal,     ///< a bug or a broken machine: look at the log
};

/// A failure of normal life, as a value.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< what, where and what to do; never a secret
  std::string field;    ///< which part of the input (`workers.count`), empty where none
};

/// The code's name on the wire and in logs: "invalid", "not_found" …
std::string_view name_of(ErrorCode code);
/// The other way; a name of a later version counts as kInternal.
ErrorCode code_from_name(std::string_view name);

}  // namespace slipway::base
