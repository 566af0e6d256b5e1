//===- RingDispatchOps.cpp - The host's side of a ring's GPU launches -----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Dispatches.h"
#include "dialect/RingPartials.h"

using namespace mlir;
using namespace rdattn;

/// Attention kernels, one of a kind.
static LogicalResult verifyKinds(RingDispatchOp op) {
  if (failed(verifyDistinctKinds(op, op.getKernels())))
    return failure();
  if (op.getKernels().empty())
    return op.emitOpError() << "needs at least one kernel of kind 'map', "
                               "'rows' or 'elements'";
  for (auto kernel : op.getKernels().getAsRange<KernelAttr>())
    if (kernel.getKind() == KernelKind::Merge ||
        kernel.getKind() == KernelKind::Finish)
      return op.emitOpError() << "a step has no kernel of kind '"
                              << stringifyKernelKind(kernel.getKind()) << "'";
  return success();
}

LogicalResult RingDispatchOp::verify() {
  if (failed(verifyStepTable(*this, getItems())) ||
      failed(verifyPartial(*this, getPartial())) ||
      failed(verifyKinds(*this)) ||
      failed(verifyLse(*this, getKernels().getValue(), bool(getLse()))) ||
      failed(verifyTile(*this, getQueries(), getKeys())))
    return failure();
  return verifyRoom(*this, getRoom());
}

LogicalResult
RingDispatchOp::verifySymbolUses(SymbolTableCollection &symbolTables) {
  return verifyKernels(*this, getModuleAttr(), getKernels().getValue(),
                       symbolTables);
}

LogicalResult RingFinishDispatchOp::verify() {
  if (getKernel().getKind() != KernelKind::Finish)
    return emitOpError() << "needs a kernel of kind 'finish', got '"
                         << stringifyKernelKind(getKernel().getKind()) << "'";
  if (failed(verifyLse(*this, {getKernel()}, bool(getLse()))))
    return failure();
  return verifyPartial(*this, getPartial());
}

LogicalResult
RingFinishDispatchOp::verifySymbolUses(SymbolTableCollection &symbolTables) {
  return verifyKernels(*this, getModuleAttr(), {getKernel()}, symbolTables);
}
