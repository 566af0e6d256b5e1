//===- Counters.cpp - What was compiled in this process -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Counters.h"

#include "rdattn/compiler.h"

#include <atomic>

static std::atomic<uint64_t> compilations{0};

void rdattn::capi::countCompilation() { ++compilations; }

extern "C" uint64_t rdattn_compile_count(void) { return compilations; }
