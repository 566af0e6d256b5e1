//===- RingTableSize.cpp - What a ring's table takes ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingTableSize.h"

namespace rdattn::planner {

static Violation checkBelow(const char *what, Wide entries) {
  if (entries <= kMaxInt32)
    return std::nullopt;
  return std::string("a step of the ring would have ") +
         std::to_string(saturate(entries)) + " " + what +
         ", but must have fewer than 2^31: use more ranks or a shorter S";
}

Wide itemsOf(const RingStep &step, const Sizes &sizes,
             const PlanOptions &options) {
  Wide items = 0;
  for (const RingPiece &piece : step.pieces)
    items += Wide(sizes.batch) * piece.heads.size() *
             ceilDiv(piece.queries.size(), options.queries);
  return items;
}

Violation checkStep(const RingStep &step, const Sizes &sizes,
                    const PlanOptions &options) {
  Wide entries = 0;
  for (const RingPiece &piece : step.pieces) {
    for (const RowSequence *rows : {&piece.queries, &piece.keys})
      entries += rows->affine() ? 0 : rows->size();
    if (const ListedMask *mask = piece.listed.get())
      entries += mask->queryPositions.size() + mask->keyPositions.size() +
                 mask->queryTokens.size() + mask->keyTokens.size();
  }
  if (Violation violation = checkBelow("items", itemsOf(step, sizes, options)))
    return violation;
  if (Violation violation = checkBelow("list entries", entries))
    return violation;
  Wide rows = 0;
  for (const std::vector<Transfer> *list : {&step.receive, &step.send})
    for (const Transfer &transfer : *list)
      rows += Wide(transfer.kvHeads.size()) * transfer.rows.size();
  return checkBelow("rows that move", rows);
}

} // namespace rdattn::planner
