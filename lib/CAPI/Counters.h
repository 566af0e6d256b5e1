//===- Counters.h - What was compiled in this process -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_COUNTERS_H
#define RDATTN_CAPI_COUNTERS_H

namespace rdattn::capi {

/// One more module became machine code: see rdattn_compile_count.
void countCompilation();

} // namespace rdattn::capi

#endif // RDATTN_CAPI_COUNTERS_H
