//===- RingOps.cpp - The steps of a ring ----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/InputShapes.h"
#include "dialect/RingPartials.h"
#include "lib/Planner/RingItems.h"
#include "lib/Planner/RingLayout.h"

using namespace mlir;
using namespace rdattn;

using Effects =
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

//===----------------------------------------------------------------------===//
// Plans and tables
//===----------------------------------------------------------------------===//

static_assert(int(Layout::Contiguous) == int(planner::Layout::Contiguous) &&
              int(Layout::ZigZag) == int(planner::Layout::ZigZag) &&
              int(Layout::Striped) == int(planner::Layout::Striped));

planner::PlanSpec RingPlanOp::getSpec() {
  planner::PlanSpec spec;
  for (auto branch : getBranches().getAsRange<BranchClassesAttr>())
    spec.branches.push_back(branch.getBranchClasses());
  spec.options.causal = getCausal();
  spec.options.queries = getQueries().value_or(0);
  spec.options.group = getGroup().value_or(0);
  spec.options.order =
      static_cast<planner::TileOrder>(getOrder().value_or(TileOrder::Plain));
  spec.ring = static_cast<planner::Layout>(getRing().getType().getLayout());
  return spec;
}

LogicalResult RingPlanOp::verify() {
  if (getQueriesAttr() && getQueriesAttr().getInt() < 1)
    return emitOpError() << "queries must be at least 1, got "
                         << getQueriesAttr().getInt();
  if (getGroupAttr() && getGroupAttr().getInt() < 0)
    return emitOpError() << "group must be at least 0, got "
                         << getGroupAttr().getInt();
  if (getBranches().empty())
    return emitOpError() << "needs the classes of at least one branch";
  int64_t tokens = getRing().getType().getTokens();
  for (auto branch : getBranches().getAsRange<BranchClassesAttr>()) {
    auto covered = planner::coveredTokens(branch.getBranchClasses());
    if (ShapedType::isStatic(tokens) && covered && *covered < tokens)
      return emitOpError() << "the classes end at token " << *covered
                           << ", but the ring holds " << tokens;
  }
  return success();
}

LogicalResult rdattn::verifyStepTable(Operation *op, Value table) {
  auto items = cast<ShapedType>(table.getType());
  if (items.getDimSize(1) == planner::kRingItemColumns)
    return success();
  return op->emitOpError() << "a step's table must have "
                           << planner::kRingItemColumns << " columns, got "
                           << items;
}

LogicalResult RingTableOp::verify() {
  if (failed(verifyOneForm(*this, getResultTypes())))
    return failure();
  return verifyStepTable(*this, getItems());
}

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

static void readMemRef(OpOperand &operand, Effects &effects) {
  if (isa<MemRefType>(operand.get().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
}

void RingPostOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Write::get(), RingResource::get());
  readMemRef(getKMutable(), effects);
  readMemRef(getVMutable(), effects);
}

void RingWaitOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Write::get(), RingResource::get());
}

LogicalResult RingPostOp::verify() {
  return verifyOneForm(*this, TypeRange{getK().getType(), getV().getType()});
}

LogicalResult RingWaitOp::verify() {
  return verifyOneForm(*this, getResultTypes());
}

//===----------------------------------------------------------------------===//
// Partial results
//===----------------------------------------------------------------------===//

/// On memrefs inputs are read; results are read too, as steps add to them.
template <typename Op> static void addEffects(Op op, Effects &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (op.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

void RingAttendOp::getEffects(Effects &effects) { addEffects(*this, effects); }
void RingLaunchOp::getEffects(Effects &effects) { addEffects(*this, effects); }
void RingFinishOp::getEffects(Effects &effects) { addEffects(*this, effects); }

/// The partial results, o and lse, one after another.
template <typename Op> static MutableOperandRange stepResults(Op op) {
  return MutableOperandRange(op, op.getPartial().getBeginOperandIndex(),
                             op.getPartial().size() + (op.getLse() ? 2 : 1));
}

MutableOperandRange RingAttendOp::getDpsInitsMutable() {
  return stepResults(*this);
}
MutableOperandRange RingLaunchOp::getDpsInitsMutable() {
  return stepResults(*this);
}
MutableOperandRange RingFinishOp::getDpsInitsMutable() {
  return MutableOperandRange(*this, getOMutable().getOperandNumber(),
                             getLse() ? 2 : 1);
}

LogicalResult rdattn::verifyRoom(Operation *op, int64_t room) {
  if (room >= 0)
    return success();
  return op->emitOpError() << "room must be at least 0, got " << room;
}

LogicalResult rdattn::verifyPartial(Operation *op, ValueRange partial) {
  if (partial.size() != 3)
    return op->emitOpError() << "partial results are o, maxima and sums, got "
                             << partial.size() << " of them";
  const int64_t ranks[] = {4, 3, 3};
  for (auto [value, rank] : llvm::zip(partial, ranks)) {
    auto type = cast<ShapedType>(value.getType());
    if (!type.hasRank() || type.getRank() != rank ||
        !type.getElementType().isF32())
      return op->emitOpError()
             << "partial results are f32, o of rank 4, maxima and sums of "
                "rank 3, got "
             << type;
  }
  return success();
}

template <typename Op> static LogicalResult verifyStep(Op op) {
  if (op.getInputs().size() != 3)
    return op.emitOpError() << "ins are q, k and v, got "
                            << op.getInputs().size() << " operands";
  if (failed(verifyPartial(op, op.getPartial())))
    return failure();
  return verifyForm(op);
}

LogicalResult RingPartialOp::verify() {
  if (failed(verifyOneForm(*this, getResultTypes())))
    return failure();
  return verifyPartial(*this, getResults());
}

LogicalResult RingAttendOp::verify() { return verifyStep(*this); }

LogicalResult RingLaunchOp::verify() {
  if (failed(verifyStepTable(*this, getItems())) ||
      failed(verifyRoom(*this, getRoom().value_or(0))))
    return failure();
  return verifyStep(*this);
}

LogicalResult RingFinishOp::verify() {
  if (failed(verifyPartial(*this, getPartial())))
    return failure();
  return verifyForm(*this);
}
