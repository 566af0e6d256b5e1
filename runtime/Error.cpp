//===- Error.cpp - The last failure of a thread ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Error.h"

#include "rdattn/module.h"

using namespace rdattn::runtime;

static const char kOutOfMemory[] = "memory ran out";

namespace {
struct LastError {
  std::string message;
  bool outOfMemory = false;
};
} // namespace

static thread_local LastError lastError;

rdattn_status rdattn::runtime::report(Failure failure) noexcept {
  lastError.message = std::move(failure.message);
  lastError.outOfMemory = false;
  return failure.status;
}

rdattn_status rdattn::runtime::reportOutOfMemory() noexcept {
  lastError.outOfMemory = true;
  return RDATTN_OUT_OF_MEMORY;
}

extern "C" const char *rdattn_last_error(void) {
  return lastError.outOfMemory ? kOutOfMemory : lastError.message.c_str();
}

extern "C" rdattn_status rdattn_fail(rdattn_status status,
                                     const char *message) {
  return guarded([&]() -> MaybeFailure { return Failure{status, message}; });
}

extern "C" uint32_t rdattn_abi_version(void) { return RDATTN_ABI_VERSION; }
