//===- Session.h - One compilation behind the C API -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_SESSION_H
#define RDATTN_CAPI_SESSION_H

#include "lib/CAPI/DumpIR.h"
#include "lib/Pipelines/Lowering.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

#include "rdattn/runtime.h"

namespace rdattn::capi {

/// A context with rdattn's dialects whose diagnostics are kept as text. With a
/// `name` the IR of the compilation is written where RDATTN_DUMP_IR says so.
class Session {
public:
  explicit Session(llvm::StringRef name = "");

  mlir::MLIRContext &context() { return mlirContext; }

  /// The module of `text`, or null with diagnostics that name `file`.
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text,
                                          llvm::StringRef file);

  /// Lowers `module` in place; diagnostics say why where it fails.
  mlir::LogicalResult lower(mlir::ModuleOp module, Level level,
                            LoweringOptions options);

  /// Whether the IR of the compilation is written.
  bool isDumped() const { return dump.has_value(); }

  /// Everything reported so far as the thread's last error.
  rdattn_status fail();

private:
  mlir::MLIRContext mlirContext;
  llvm::SourceMgr sources;
  std::string diagnostics;
  std::optional<DumpIR> dump;
};

/// The target called `name`, or "cpu" where it is NULL. "cuda" is what the
/// first device of this machine runs best: code is for this process alone.
llvm::Expected<TargetKind> targetOf(const char *name);

/// How code for this process is compiled. Kernels are left as PTX: a driver
/// compiles those that run, and keeps them for the next process.
LoweringOptions optionsFor(TargetKind target);

/// `error` as the thread's last error.
rdattn_status fail(rdattn_status status, llvm::Error error);

} // namespace rdattn::capi

#endif // RDATTN_CAPI_SESSION_H
