//===- rdattn-translate.cpp - Between rdattn's IR and other formats -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-translate/Translations.h"

#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

llvm::cl::OptionCategory rdattn::translateOptions("rdattn options");

mlir::InFlightDiagnostic rdattn::errorIn(mlir::ModuleOp module) {
  mlir::Location location = module.getLoc();
  auto start = llvm::dyn_cast<mlir::FileLineColLoc>(location);
  if (start && start.getLine() == 0)
    location = mlir::FileLineColLoc::get(start.getFilename(), 1, 1);
  return mlir::emitError(location);
}

static constexpr llvm::StringLiteral kOverview =
    R"(Translates between rdattn's IR and other formats.

Code is made from IR of any level; it is lowered first.

  rdattn-translate --rdattn-to-shared-library attention.mlir -o attention.so
      a module file, for rdattn-run and rdattn_module_open()
  rdattn-translate --rdattn-to-object --cpu=x86-64-v3 attention.mlir -o attention.o
      an object file to link into a program, for any CPU with AVX2
  rdattn-translate --rdattn-to-llvmir attention.mlir
      what the back end compiles, as text
  rdattn-translate --rdattn-to-shared-library --target=cuda attention.mlir -o attention.so
      a module file whose functions run on a Hopper GPU
  rdattn-translate --rdattn-to-ptx --kernel=attention_map attention.mlir
      one of the GPU kernels that this takes
  rdattn-translate --rdattn-json-to-pattern --head-dim=128 --dtype=bf16 pattern.json
      a function that computes attention over a pattern, for any sizes
  rdattn-translate --rdattn-pattern-to-json attention.mlir
      the pattern of such a function
)";

int main(int argc, char **argv) {
  rdattn::registerCodeTranslations();
  rdattn::registerKernelTranslations();
  rdattn::registerPatternTranslations();
  // Those of LLVM's passes; the translations' own are registered later.
  llvm::cl::HideUnrelatedOptions(rdattn::translateOptions);
  return failed(mlir::mlirTranslateMain(argc, argv, kOverview));
}
