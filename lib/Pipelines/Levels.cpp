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
static constexpr StringLiteral kNames[] = {"attention",  "expanded", "launch",
                                           "bufferized", "cpu",      "rdtile",
                                           "nvvm",       "llvm"};

Expected<TargetKind> rdattn::parseTarget(StringRef name) {
  if (name == "cpu")
    return TargetKind::CPU;
  if (name == "cuda")
    return TargetKind::CUDA;
  return createStringError("unknown target '" + name +
                           "'; targets are cpu and cuda");
}

StringRef rdattn::nameOf(TargetKind target) {
  return target == TargetKind::CPU ? "cpu" : "cuda";
}

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

Expected<Level> rdattn::parseLevel(StringRef name, TargetKind target) {
  const StringLiteral *found = find(kNames, name);
  if (found == std::end(kNames))
    return createStringError("unknown level '" + name + "'; levels of target " +
                             nameOf(target) + " are " + levelNames(target));
  Level level = Level(found - std::begin(kNames));
  if (!hasLevel(target, level))
    return createStringError("target " + nameOf(target) + " has no level '" +
                             name + "'; its levels are " + levelNames(target));
  return level;
}
