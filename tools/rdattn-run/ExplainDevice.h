//===- ExplainDevice.h - What an attention costs on a GPU -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_EXPLAINDEVICE_H
#define RDATTN_TOOLS_RUN_EXPLAINDEVICE_H

#include "tools/rdattn-run/Balance.h"

namespace rdattn::run {

/// The attention, its cost, the kernel that computes it, how its tiles spread,
/// and the least time that they take on the device. \pre Something ran.
void printDeviceExplanation(llvm::raw_ostream &stream, const Sizes &sizes,
                            Cost cost, const rdattn_cuda_report &report,
                            const Balance &balance,
                            const std::optional<Timing> &timing);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_EXPLAINDEVICE_H
