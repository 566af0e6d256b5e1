//===- RingBuilder.h - The steps of one attention ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTORING_RINGBUILDER_H
#define RDATTN_CONVERSION_ATTENDTORING_RINGBUILDER_H

#include "lib/Conversion/Common/Fusion.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// Builds the steps of one attention: its own keys first, then those of the
/// others, while the next are on their way.
class RingBuilder {
public:
  explicit RingBuilder(const Fusion &fusion)
      : fusion(fusion), first(fusion.first()),
        b(fusion.root->getLoc(), fusion.root) {}

  mlir::LogicalResult build();

private:
  mlir::Value index(int64_t value);
  mlir::Type typeOf(llvm::ArrayRef<std::pair<mlir::Value, int64_t>> dimensions,
                    mlir::Type element);
  mlir::Value empty(llvm::ArrayRef<std::pair<mlir::Value, int64_t>> dimensions,
                    mlir::Type element);
  llvm::SmallVector<mlir::Value> emptyResults();
  RingPlanOp plan();
  mlir::Value post(mlir::Value step);
  mlir::ValueRange attend(mlir::Value step, mlir::Value k, mlir::Value v,
                          mlir::ValueRange before, bool isInitial);
  llvm::SmallVector<mlir::Value>
  step(mlir::Value number, mlir::ValueRange carried, mlir::Value following);
  llvm::SmallVector<mlir::Value> unrolled(int64_t steps);
  llvm::SmallVector<mlir::Value> looped();
  void finish(mlir::ValueRange computed);
  bool hasLse() { return !fusion.root->getResult(1).use_empty(); }

  const Fusion &fusion;
  AttendOp first;
  mlir::ImplicitLocOpBuilder b;
  mlir::Value schedule, scale;
};

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTORING_RINGBUILDER_H
