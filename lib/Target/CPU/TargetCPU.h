//===- TargetCPU.h - The CPU that code is compiled for ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_CPU_TARGETCPU_H
#define RDATTN_TARGET_CPU_TARGETCPU_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace rdattn {

/// A CPU as LLVM's back end takes it.
struct TargetCPU {
  std::string name;                  ///< what instructions are scheduled for
  std::vector<std::string> features; ///< sorted, without '+'

  bool has(llvm::StringRef feature) const;
};

/// The CPU called `name` in LLVM, or this machine's for "host". Host features
/// are those seen now, so that a virtual machine's mask is respected.
/// An error names the CPU where LLVM does not know it.
llvm::Expected<TargetCPU> resolveCPU(llvm::StringRef name);

} // namespace rdattn

#endif // RDATTN_TARGET_CPU_TARGETCPU_H
