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
    if (kernel.getKind() > KernelKind::Elements)
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

/// Kernels that pack, among them one for any tensors.
LogicalResult RingPostDispatchOp::verify() {
  if (failed(verifyDistinctKinds(*this, getKernels())))
    return failure();
  bool servesAll = false;
  for (auto kernel : getKernels().getAsRange<KernelAttr>()) {
    servesAll |= kernel.getKind() == KernelKind::PackElements;
    if (kernel.getKind() < KernelKind::PackVectors)
      return emitOpError() << "packs with kernels of kind 'pack_vectors' and "
                              "'pack_elements', got '"
                           << stringifyKernelKind(kernel.getKind()) << "'";
  }
  if (!servesAll)
    return emitOpError() << "needs a kernel of kind 'pack_elements', which "
                            "alone packs tensors of any alignment";
  if (getK().getType().getElementType() == getV().getType().getElementType())
    return success();
  return emitOpError() << "k and v must have one element type, got "
                       << getK().getType() << " and " << getV().getType();
}

LogicalResult
RingPostDispatchOp::verifySymbolUses(SymbolTableCollection &symbolTables) {
  return verifyKernels(*this, getModuleAttr(), getKernels().getValue(),
                       symbolTables);
}
