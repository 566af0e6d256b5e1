//===- Levels.h - Lowering from any level to a later one --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PIPELINES_LEVELS_H
#define RDATTN_PIPELINES_LEVELS_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace rdattn {

/// The levels of IR, from what the user writes to what the back end takes.
enum class Level {
  Attention,  ///< rdattn.attention, canonicalised
  Expanded,   ///< rdattn.attend and rdattn.merge: explicit classes
  Launch,     ///< rdattn.plan or constant tables, rdattn.launch; on tensors
  Bufferized, ///< the same on memrefs, with the module's calling convention
  CPU,        ///< scf, vector, math and omp
  LLVM        ///< the LLVM dialect, with rdattn_module_data
};

/// "attention", "expanded", "launch", "bufferized", "cpu" or "llvm".
std::optional<Level> parseLevel(llvm::StringRef name);
extern const llvm::StringLiteral kLevelNames;

struct LoweringOptions {
  std::string cpu = "host";
  /// Take work tables as arguments instead of planning (a kernel for any
  /// pattern of one key).
  bool outlinePlans = false;
};

/// Adds the passes that lead to `level`. Each does nothing to IR that is
/// already below it, so the input may be at any earlier level.
void buildLowering(mlir::OpPassManager &manager, Level level,
                   const LoweringOptions &options = {});

/// Registers --rdattn-lower-to=level=...
void registerLoweringPipeline();

} // namespace rdattn

#endif // RDATTN_PIPELINES_LEVELS_H
