//===- PlanOp.cpp - The work table as data --------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

using namespace rdattn;

planner::PlanSpec PlanOp::getSpec() {
  planner::PlanSpec spec;
  for (auto branch : getBranches().getAsRange<BranchClassesAttr>())
    spec.branches.push_back(branch.getBranchClasses());
  spec.options.causal = getCausal();
  spec.options.queries = getQueries();
  spec.options.order = static_cast<planner::TileOrder>(getOrder());
  spec.options.group = getGroup();
  spec.options.runs = !getWithoutRuns();
  spec.options.isolates = !getWithoutIsolation();
  return spec;
}
