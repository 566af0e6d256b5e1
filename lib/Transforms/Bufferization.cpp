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
/// An op that writes its outs: on memrefs it has no results.
template <typename Op>
struct DestinationBufferization
    : DstBufferizableOpInterfaceExternalModel<DestinationBufferization<Op>,
                                              Op> {
  /// Whether an op reads what is in its outs.
  static bool readsDestination(LaunchOp) { return false; }
  static bool readsDestination(RingLaunchOp op) { return !op.getInitial(); }
  static bool readsDestination(RingFinishOp) { return true; }

  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    auto self = cast<Op>(op);
    return !self.isDpsInit(&operand) || readsDestination(self);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto self = cast<Op>(op);
    SmallVector<Value> operands, results;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (isa<TensorType>(value.getType())) {
        FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
        if (failed(buffer))
          return failure();
        value = *buffer;
      }
      operands.push_back(value);
      if (self.isDpsInit(&operand))
        results.push_back(value);
    }
    rewriter.setInsertionPoint(op);
    Op::create(rewriter, op->getLoc(), TypeRange(), operands, op->getAttrs());
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

/// An op whose results are the runtime's memory.
template <typename Op>
struct RuntimeBufferization
    : BufferizableOpInterface::ExternalModel<RuntimeBufferization<Op>, Op> {
  /// But for what steps add to, the runtime keeps it for the next call.
  bool isWritable(Operation *op, Value, const AnalysisState &) const {
    return isa<RingPartialOp>(op);
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
    auto buffered = Op::create(rewriter, op->getLoc(), types, op->getOperands(),
                               op->getAttrs());
    replaceOpWithBufferizedValues(rewriter, op, buffered->getResults());
    return success();
  }
};

/// Rows are copied as they are posted.
struct PostBufferization
    : BufferizableOpInterface::ExternalModel<PostBufferization, RingPostOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return true;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto post = cast<RingPostOp>(op);
    FailureOr<Value> k = getBuffer(rewriter, post.getK(), options, state);
    FailureOr<Value> v = getBuffer(rewriter, post.getV(), options, state);
    if (failed(k) || failed(v))
      return failure();
    rewriter.replaceOpWithNewOp<RingPostOp>(
        op, post.getType(), post.getSchedule(), post.getStep(), *k, *v);
    return success();
  }
};
} // namespace

void rdattn::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, RDAttnDialect *) {
    LaunchOp::attachInterface<DestinationBufferization<LaunchOp>>(*context);
    RingLaunchOp::attachInterface<DestinationBufferization<RingLaunchOp>>(
        *context);
    RingFinishOp::attachInterface<DestinationBufferization<RingFinishOp>>(
        *context);
    PlanOp::attachInterface<RuntimeBufferization<PlanOp>>(*context);
    RingPartialOp::attachInterface<RuntimeBufferization<RingPartialOp>>(
        *context);
    RingTableOp::attachInterface<RuntimeBufferization<RingTableOp>>(*context);
    RingWaitOp::attachInterface<RuntimeBufferization<RingWaitOp>>(*context);
    RingPostOp::attachInterface<PostBufferization>(*context);
  });
}
