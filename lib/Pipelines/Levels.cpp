//===- Levels.cpp - The levels of IR and who has them ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Levels.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace rdattn;

/// In the order of Level.
static constexpr StringLiteral kNames[] = {
    "attention", "expanded", "scheduled", "launch", "bufferized",
    "cpu",       "rdtile",   "nvvm",      "llvm"};

/// In the order of TargetKind.
static constexpr StringLiteral kTargets[] = {"cpu", "cuda", "cuda-sm90a",
                                             "cuda-sm80"};

Expected<TargetKind> rdattn::parseTarget(StringRef name) {
  const StringLiteral *found = find(kTargets, name);
  if (found == std::end(kTargets))
    return createStringError(
        "unknown target '" + name +
        "'; targets are cpu, cuda, cuda-sm90a and cuda-sm80");
  return TargetKind(found - std::begin(kTargets));
}

StringRef rdattn::nameOf(TargetKind target) { return kTargets[size_t(target)]; }

StringRef rdattn::nameOf(Level level) { return kNames[size_t(level)]; }

bool rdattn::hasLevel(TargetKind target, Level level) {
  bool isCUDA = level == Level::RDTile || level == Level::NVVM;
  return target == TargetKind::CPU ? !isCUDA : level != Level::CPU;
}

std::string rdattn::levelNames(TargetKind target) {
  SmallVector<StringRef> names;
  for (auto [index, name] : enumerate(kNames))
    if (hasLevel(target, Level(index)))
      names.push_back(name);
  return join(names, ", ");
}

/// "cpu" or "cuda": all targets for GPUs have the same levels.
static StringRef kindOf(TargetKind target) {
  return nameOf(target == TargetKind::CPU ? target : TargetKind::CUDA);
}

Expected<Level> rdattn::parseLevel(StringRef name, TargetKind target) {
  const StringLiteral *found = find(kNames, name);
  if (found == std::end(kNames))
    return createStringError("unknown level '" + name + "'; levels of target " +
                             kindOf(target) + " are " + levelNames(target));
  Level level = Level(found - std::begin(kNames));
  if (!hasLevel(target, level))
    return createStringError("target " + kindOf(target) + " has no level '" +
                             name + "'; its levels are " + levelNames(target));
  return level;
}
