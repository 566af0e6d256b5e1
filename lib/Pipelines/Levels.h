//===- Levels.h - The levels of IR and who has them -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PIPELINES_LEVELS_H
#define RDATTN_PIPELINES_LEVELS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace rdattn {

/// What code is made for.
enum class TargetKind {
  CPU,
  CUDA,      ///< every GPU from Ampere on, by the code that suits it
  CUDASM90a, ///< Hopper GPUs; of f32 every one from Ampere on
  CUDASM80   ///< every GPU from Ampere on, by one code
};

/// "cpu", "cuda", "cuda-sm90a" or "cuda-sm80".
llvm::Expected<TargetKind> parseTarget(llvm::StringRef name);
llvm::StringRef nameOf(TargetKind target);

/// The levels of IR, from what the user writes to what the back end takes.
enum class Level {
  Attention,  ///< rdattn.attention, canonicalised
  Expanded,   ///< rdattn.attend and rdattn.merge: explicit classes
  Scheduled,  ///< the steps of a ring, rdattn.ring.*; else as before
  Launch,     ///< rdattn.plan or constant tables, rdattn.launch; on tensors
  Bufferized, ///< the same on memrefs, with the module's calling convention
  CPU,        ///< scf, vector, math and omp; of target cpu
  RDTile,     ///< kernels of rdtile, and rdattn.dispatch; of target cuda
  NVVM,       ///< kernels in the LLVM and NVVM dialects; of target cuda
  LLVM        ///< the LLVM dialect, with rdattn_module_data
};

llvm::StringRef nameOf(Level level);
bool hasLevel(TargetKind target, Level level);
/// "attention, expanded, ...": those of the target.
std::string levelNames(TargetKind target);

/// An error where there is no such level, or the target has none of that name.
llvm::Expected<Level> parseLevel(llvm::StringRef name, TargetKind target);

} // namespace rdattn

#endif // RDATTN_PIPELINES_LEVELS_H
