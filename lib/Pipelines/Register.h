//===- Register.h - What rdattn's tools know --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PIPELINES_REGISTER_H
#define RDATTN_PIPELINES_REGISTER_H

#include "mlir/IR/DialectRegistry.h"

namespace rdattn {

/// The dialects from the pattern down to LLVM, and no others.
void registerRdattn(mlir::DialectRegistry &registry);

/// The passes of rdattn and those of MLIR that its pipelines use.
void registerRdattnPasses();

} // namespace rdattn

#endif // RDATTN_PIPELINES_REGISTER_H
