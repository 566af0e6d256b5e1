//===- rdattn-reduce.cpp - Makes IR that shows a fault smaller ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Register.h"
#include "tools/rdattn-reduce/ReductionPatterns.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  rdattn::registerRdattn(registry);
  rdattn::registerReductionPatterns(registry);
  rdattn::registerRdattnPasses();
  mlir::registerSymbolDCEPass();
  mlir::MLIRContext context(registry);
  return failed(mlir::mlirReduceMain(argc, argv, context));
}
