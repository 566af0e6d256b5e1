//===- DumpIR.h - The IR of every level, in a folder ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_DUMPIR_H
#define RDATTN_CAPI_DUMPIR_H

#include "lib/Pipelines/Lowering.h"

#include <optional>

namespace rdattn::capi {

/// Writes what one compilation makes: <number>-<name>.<level>.mlir, and each
/// kernel's PTX as <number>-<name>.<module>.<kernel>.ptx. The number counts the
/// process's compilations.
class DumpIR : public LoweringObserver {
public:
  /// Where RDATTN_DUMP_IR names a folder, which is made if it is not there.
  static std::optional<DumpIR> fromEnvironment(llvm::StringRef name);

  mlir::LogicalResult atLevel(Level level, mlir::ModuleOp module) override;
  mlir::LogicalResult atKernels(mlir::ModuleOp module) override;

private:
  explicit DumpIR(std::string prefix) : prefix(std::move(prefix)) {}

  mlir::LogicalResult
  write(mlir::ModuleOp module, const llvm::Twine &suffix,
        llvm::function_ref<void(llvm::raw_ostream &)> print);

  std::string prefix; ///< of every path
  /// A compilation may lower in several steps, each of which begins at the top.
  std::optional<Level> last;
};

} // namespace rdattn::capi

#endif // RDATTN_CAPI_DUMPIR_H
