//===- CudaProgram.h - Kernels as data of a module --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_DISPATCHTOLLVM_CUDAPROGRAM_H
#define RDATTN_CONVERSION_DISPATCHTOLLVM_CUDAPROGRAM_H

#include "dialect/RDAttn.h"
#include "lib/Conversion/HostCode/ConstantBuilder.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace rdattn {

/// Builds the rdattn_cuda_programs of a module. Dispatches of one binary share
/// its images.
class CudaPrograms {
public:
  explicit CudaPrograms(mlir::ModuleOp module);

  /// The global that holds the program of a dispatch; an error where its
  /// kernels are not code yet. Steps of a ring that run the same kernels share
  /// one.
  mlir::FailureOr<mlir::LLVM::GlobalOp> programOf(DispatchOp dispatch);
  mlir::FailureOr<mlir::LLVM::GlobalOp> programOf(RingDispatchOp dispatch);
  mlir::FailureOr<mlir::LLVM::GlobalOp> programOf(RingPostDispatchOp post);
  mlir::FailureOr<mlir::LLVM::GlobalOp> programOf(RingFinishDispatchOp finish);

private:
  /// What of a dispatch makes up its program.
  struct Contents {
    mlir::Operation *op;
    llvm::StringRef module;
    llvm::ArrayRef<mlir::Attribute> kernels;
    mlir::Type element;
    int64_t headDim, valueDim, epilogue, queries, keys;
  };
  mlir::FailureOr<mlir::LLVM::GlobalOp> programOf(const Contents &contents);
  mlir::FailureOr<mlir::LLVM::GlobalOp> sharedProgram(const Contents &contents);
  mlir::LLVM::GlobalOp imagesOf(mlir::gpu::BinaryOp binary);
  mlir::Value image(mlir::gpu::ObjectAttr object);
  mlir::Value kernel(KernelAttr kernel);

  mlir::ModuleOp module;
  ConstantBuilder b;
  llvm::DenseMap<mlir::Operation *, mlir::LLVM::GlobalOp> images;
  llvm::DenseMap<mlir::Operation *, mlir::LLVM::GlobalOp> ringPrograms;
};

} // namespace rdattn

#endif // RDATTN_CONVERSION_DISPATCHTOLLVM_CUDAPROGRAM_H
