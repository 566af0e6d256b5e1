//===- Error.h - The last failure of a thread -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_ERROR_H
#define RDATTN_RUNTIME_ERROR_H

#include "rdattn/runtime.h"

#include <optional>
#include <string>
#include <utility>

namespace rdattn::runtime {

/// What a check found: a status and one sentence.
struct Failure {
  rdattn_status status;
  std::string message;
};
using MaybeFailure = std::optional<Failure>;

inline std::string text(const char *value) { return value; }
inline std::string text(std::string value) { return value; }
template <typename T> std::string text(T value) {
  return std::to_string(value);
}

/// The parts of a sentence, one after another.
template <typename... Parts> std::string sentence(Parts &&...parts) {
  std::string result;
  (result.append(text(std::forward<Parts>(parts))), ...);
  return result;
}

template <typename... Parts> Failure invalid(Parts &&...parts) {
  return {RDATTN_INVALID_ARGUMENT, sentence(std::forward<Parts>(parts)...)};
}
template <typename... Parts> Failure badModule(Parts &&...parts) {
  return {RDATTN_BAD_MODULE, sentence(std::forward<Parts>(parts)...)};
}
template <typename... Parts> Failure ringError(Parts &&...parts) {
  return {RDATTN_RING_ERROR, sentence(std::forward<Parts>(parts)...)};
}

/// Keeps `failure` as the thread's last one and returns its status.
rdattn_status report(Failure failure) noexcept;

/// The same without memory to write a sentence with.
rdattn_status reportOutOfMemory() noexcept;

/// Runs `body`, which returns MaybeFailure, at the C boundary: the containers
/// throw where memory ran out and nothing else does.
template <typename Body> rdattn_status guarded(Body body) noexcept {
  try {
    MaybeFailure failure = body();
    return failure ? report(std::move(*failure)) : RDATTN_OK;
  } catch (...) {
    return reportOutOfMemory();
  }
}

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_ERROR_H
