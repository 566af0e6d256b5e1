//===- rdattn-opt.cpp - Runs passes on rdattn's levels --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Register.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  rdattn::registerRdattn(registry);
  rdattn::registerRdattnPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "rdattn optimizer\n", registry));
}
