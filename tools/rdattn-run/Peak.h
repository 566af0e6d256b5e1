//===- Peak.h - What this machine can do at best ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_PEAK_H
#define RDATTN_TOOLS_RUN_PEAK_H

namespace rdattn::run {

/// Measured here and now, for some 50 ms each, since no formula knows the
/// clock under load.
struct Peak {
  int threads = 1;
  double flops = 0; ///< per second, fused multiply-adds in f32
  double bytes = 0; ///< per second, read and written by a copy
};

/// `threads` 0: as many as this process may use.
Peak measurePeak(int threads);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_PEAK_H
