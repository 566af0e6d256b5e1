//===- RingCosts.cpp - What the ranks of a ring move and compute ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Answers.h"
#include "lib/CAPI/KernelOptions.h"
#include "lib/CAPI/Session.h"
#include "lib/Planner/RingChoice.h"
#include "lib/Planner/RingSchedule.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

using namespace rdattn;
namespace json = llvm::json;

static planner::Violation
checkPlacement(const std::vector<planner::BranchClasses> &branches,
               const planner::Sizes &sizes, const planner::Ring &ring) {
  if (auto violation = planner::checkRing(ring))
    return violation;
  return planner::checkSizes(branches, sizes);
}

/// For each rank its rows, and of each step what it receives and computes.
static json::Object costsOf(const std::vector<planner::BranchClasses> &branches,
                            const planner::Sizes &sizes, bool causal,
                            const planner::Ring &ring) {
  planner::RingPlanner planner(branches, sizes, causal, ring);
  json::Array rows, received, pairs;
  for (int64_t rank = 0; rank < ring.size; ++rank) {
    json::Array receivedHere, pairsHere;
    for (const planner::StepLoad &load : planner.load(rank)) {
      receivedHere.push_back(load.receivedRows);
      pairsHere.push_back(load.pairs);
    }
    rows.push_back(planner::shardLength(ring, sizes.tokens, rank));
    received.push_back(std::move(receivedHere));
    pairs.push_back(std::move(pairsHere));
  }
  return json::Object{{"layout", planner::nameOf(ring.layout)},
                      {"distances", json::Array(planner.distances())},
                      {"rows", std::move(rows)},
                      {"received", std::move(received)},
                      {"pairs", std::move(pairs)}};
}

static rdattn_status explain(const planner::Pattern &pattern, bool causal,
                             const planner::Sizes &sizes,
                             std::optional<planner::Layout> layout,
                             int64_t ranks, const char **text) {
  std::vector<planner::BranchClasses> branches;
  if (rdattn_status status = capi::expand(pattern, sizes.tokens, branches))
    return status;
  planner::Ring ring{ranks, layout.value_or(planner::Layout::Contiguous)};
  if (auto violation = checkPlacement(branches, sizes, ring))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
  if (!layout)
    ring.layout = planner::chooseLayout(branches, sizes.tokens, ranks, causal);
  *text = capi::keep(costsOf(branches, sizes, causal, ring));
  return RDATTN_OK;
}

extern "C" rdattn_status
rdattn_explain_ring(const char *pattern, int32_t causal, const char *layout,
                    int32_t ranks, int64_t batch, int64_t tokens, int64_t heads,
                    int64_t kvHeads, const char **text) {
  if (!pattern || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "pattern and json must not be NULL");
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  llvm::Expected<std::optional<planner::Layout>> placed =
      capi::readLayout(layout);
  if (!placed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, placed.takeError());
  return explain(*parsed, causal, {batch, tokens, heads, kvHeads}, *placed,
                 ranks, text);
}
