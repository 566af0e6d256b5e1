//===- rdattn-lsp-server.cpp - Diagnostics, hover and completion in editors
//===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Register.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  rdattn::registerRdattn(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
