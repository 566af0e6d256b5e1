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

/// The features that are on, sorted.
static std::vector<std::string> namesOf(const StringMap<bool> &features) {
  std::vector<std::string> names;
  for (const auto &feature : features)
    if (feature.second)
      names.push_back(feature.first().str());
  llvm::sort(names);
  return names;
}

Expected<TargetCPU> rdattn::resolveCPU(StringRef name) {
  if (name == "host")
    return TargetCPU{sys::getHostCPUName().str(),
                     namesOf(sys::getHostCPUFeatures())};
  if (X86::parseArchX86(name) == X86::CK_None)
    return createStringError("unknown CPU '" + name +
                             "'; try host, x86-64-v4 (AVX-512) or x86-64-v3 "
                             "(AVX2)");
  // The table says avx512bw and leaves it to the reader that it needs avx512f.
  SmallVector<StringRef> listed;
  X86::getFeaturesForCPU(name, listed);
  StringMap<bool> features;
  for (StringRef feature : listed) {
    features[feature] = true;
    X86::updateImpliedFeatures(feature, /*Enabled=*/true, features);
  }
  return TargetCPU{name.str(), namesOf(features)};
}
