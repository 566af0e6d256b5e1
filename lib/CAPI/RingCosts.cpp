//===- RingCosts.cpp - What the ranks of a ring move and compute ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingCosts.h"
#include "lib/CAPI/Answers.h"
#include "lib/CAPI/KernelOptions.h"
#include "lib/CAPI/Session.h"
#include "lib/Planner/RingChoice.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

#include <cmath>

using namespace rdattn;
namespace json = llvm::json;

static planner::Violation
checkPlacement(const std::vector<planner::BranchClasses> &branches,
               const planner::Sizes &sizes, const planner::Ring &ring) {
  if (auto violation = planner::checkRing(ring))
    return violation;
  return planner::checkSizes(branches, sizes);
}

/// [begin, end] of each step, rank by rank.
static json::Array
toJSON(const std::vector<std::vector<planner::Interval>> &ranks) {
  json::Array all;
  for (const std::vector<planner::Interval> &steps : ranks) {
    json::Array rank;
    for (const planner::Interval &step : steps)
      rank.push_back(json::Array{step.begin, step.end});
    all.push_back(std::move(rank));
  }
  return all;
}

/// For each rank its rows, and of each step what it receives and computes, and
/// when.
static json::Object toJSON(const planner::RingCosts &costs,
                           const planner::RingTimes &times) {
  json::Array rows, received, pairs;
  for (const planner::RankCosts &rank : costs.ranks) {
    json::Array receivedHere, pairsHere;
    for (const planner::StepLoad &load : rank.steps) {
      receivedHere.push_back(load.receivedRows);
      pairsHere.push_back(load.pairs);
    }
    rows.push_back(rank.rows);
    received.push_back(std::move(receivedHere));
    pairs.push_back(std::move(pairsHere));
  }
  return json::Object{{"layout", planner::nameOf(costs.ring.layout)},
                      {"distances", json::Array(costs.distances)},
                      {"rows", std::move(rows)},
                      {"received", std::move(received)},
                      {"pairs", std::move(pairs)},
                      {"arrives", toJSON(times.arrives)},
                      {"computes", toJSON(times.computes)}};
}

static rdattn_status explain(const rdattn_ring_case &asked,
                             const planner::Pattern &pattern,
                             std::optional<planner::Layout> layout,
                             const char **text) {
  const planner::Sizes sizes{asked.batch, asked.tokens, asked.heads,
                             asked.kv_heads};
  std::vector<planner::BranchClasses> branches;
  if (rdattn_status status = capi::expand(pattern, sizes.tokens, branches))
    return status;
  planner::Ring ring{asked.ranks, layout.value_or(planner::Layout::Contiguous)};
  if (auto violation = checkPlacement(branches, sizes, ring))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
  const bool causal = asked.causal;
  if (!layout)
    ring.layout =
        planner::chooseLayout(branches, sizes.tokens, ring.size, causal);
  const planner::RingCosts costs =
      planner::countRing(branches, sizes, causal, ring);
  *text = capi::keep(toJSON(
      costs, planner::timesOf(costs, {asked.row_seconds, asked.pair_seconds})));
  return RDATTN_OK;
}

/// False for NaN too.
static bool areSeconds(double seconds) {
  return seconds >= 0 && std::isfinite(seconds);
}

extern "C" rdattn_status rdattn_explain_ring(const rdattn_ring_case *asked,
                                             const char **text) {
  if (!asked || !asked->pattern || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "the case, its pattern and json must not be NULL");
  if (!areSeconds(asked->row_seconds) || !areSeconds(asked->pair_seconds))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "row_seconds and pair_seconds must be finite numbers of "
                       "seconds, 0 or more");
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(asked->pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  llvm::Expected<std::optional<planner::Layout>> placed =
      capi::readLayout(asked->layout);
  if (!placed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, placed.takeError());
  return explain(*asked, *parsed, *placed, text);
}
