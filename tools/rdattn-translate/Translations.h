//===- Translations.h - What rdattn-translate can do ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSLATE_TRANSLATIONS_H
#define RDATTN_TRANSLATE_TRANSLATIONS_H

#include "lib/Pipelines/Levels.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/CommandLine.h"

namespace rdattn {

/// The options of rdattn's own translations.
extern llvm::cl::OptionCategory translateOptions;

/// --target.
TargetKind chosenTarget();

/// --rdattn-to-llvmir, --rdattn-to-object, --rdattn-to-shared-library.
void registerCodeTranslations();

/// --rdattn-to-ptx, --rdattn-to-cubin.
void registerKernelTranslations();

/// --rdattn-pattern-to-json, --rdattn-json-to-pattern.
void registerPatternTranslations();

/// An error about a whole file, on its first line: an implicit module is
/// located at line 0, which editors do not know.
mlir::InFlightDiagnostic errorIn(mlir::ModuleOp module);

/// An error where binary output would be shown on a terminal.
mlir::LogicalResult refuseTerminal(mlir::ModuleOp module,
                                   llvm::raw_ostream &output);

} // namespace rdattn

#endif // RDATTN_TRANSLATE_TRANSLATIONS_H
