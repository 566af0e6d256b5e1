//===- Bufferization.h - One-shot bufferisation of launches -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSFORMS_BUFFERIZATION_H
#define RDATTN_TRANSFORMS_BUFFERIZATION_H

#include "mlir/IR/DialectRegistry.h"

namespace rdattn {

/// Lets upstream's one-shot bufferisation turn `rdattn.launch` and
/// `rdattn.plan` on tensors into those on memrefs.
void registerBufferization(mlir::DialectRegistry &registry);

} // namespace rdattn

#endif // RDATTN_TRANSFORMS_BUFFERIZATION_H
