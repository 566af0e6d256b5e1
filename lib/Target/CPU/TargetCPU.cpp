//===- TargetCPU.cpp - The CPU that code is compiled for ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CPU/TargetCPU.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace rdattn;

bool TargetCPU::has(StringRef feature) const {
  return is_contained(features, feature);
}

static TargetCPU hostCPU() {
  TargetCPU cpu{sys::getHostCPUName().str(), {}};
  for (const auto &feature : sys::getHostCPUFeatures())
    if (feature.second)
      cpu.features.push_back(feature.first().str());
  llvm::sort(cpu.features);
  return cpu;
}

Expected<TargetCPU> rdattn::resolveCPU(StringRef name) {
  if (name == "host")
    return hostCPU();
  if (X86::parseArchX86(name) == X86::CK_None)
    return createStringError("unknown CPU '" + name +
                             "'; try host, x86-64-v4 (AVX-512) or x86-64-v3 "
                             "(AVX2)");
  SmallVector<StringRef> features;
  X86::getFeaturesForCPU(name, features);
  TargetCPU cpu{name.str(), {}};
  for (StringRef feature : features)
    cpu.features.push_back(feature.ltrim('+').str());
  llvm::sort(cpu.features);
  return cpu;
}
