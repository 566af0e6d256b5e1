//===- Bufferization.cpp - Launches and plans in one-shot bufferisation ---===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Transforms/Bufferization.h"

#include "dialect/RDAttn.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace rdattn;

namespace {
struct LaunchBufferization
    : DstBufferizableOpInterfaceExternalModel<LaunchBufferization, LaunchOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    // Every row of the results is written.
    return !cast<LaunchOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto launch = cast<LaunchOp>(op);
    SmallVector<Value> operands, results;
    for (OpOperand &operand : launch->getOpOperands()) {
      Value value = operand.get();
      if (isa<TensorType>(value.getType())) {
        FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
        if (failed(buffer))
          return failure();
        value = *buffer;
      }
      operands.push_back(value);
      if (launch.isDpsInit(&operand))
        results.push_back(value);
    }
    rewriter.setInsertionPoint(launch);
    LaunchOp::create(rewriter, op->getLoc(), TypeRange(), operands,
                     op->getAttrs());
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

struct PlanBufferization
    : BufferizableOpInterface::ExternalModel<PlanBufferization, PlanOp> {
  bool isWritable(Operation *, Value, const AnalysisState &) const {
    return false; // The runtime keeps the tables for the next call.
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &,
                          BufferizationState &) const {
    SmallVector<Type> types;
    for (Type type : op->getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      types.push_back(
          MemRefType::get(tensor.getShape(), tensor.getElementType()));
    }
    auto plan = PlanOp::create(rewriter, op->getLoc(), types, op->getOperands(),
                               op->getAttrs());
    replaceOpWithBufferizedValues(rewriter, op, plan->getResults());
    return success();
  }
};
} // namespace

void rdattn::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, RDAttnDialect *) {
    LaunchOp::attachInterface<LaunchBufferization>(*context);
    PlanOp::attachInterface<PlanBufferization>(*context);
  });
}
