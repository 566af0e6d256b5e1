//===- Patterns.cpp - Patterns without a kernel: checks and costs ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Session.h"
#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"
#include "lib/Planner/Plan.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "llvm/Support/FormatVariadic.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

using namespace rdattn;
namespace json = llvm::json;

/// Keeps `value` as text until the thread's next call.
static const char *keep(json::Value value) {
  static thread_local std::string text;
  text = llvm::formatv("{0}", value).str();
  return text.c_str();
}

extern "C" rdattn_status rdattn_pattern_check(const char *pattern,
                                              const char **text) {
  if (!pattern || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "pattern and json must not be NULL");
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  *text = keep(patternToJSON(*parsed));
  return RDATTN_OK;
}

static json::Object costOf(const std::vector<planner::BranchClasses> &branches,
                           const planner::Sizes &sizes,
                           const planner::PlanOptions &options, int64_t headDim,
                           int64_t valueDim, int64_t elementBytes) {
  planner::Cost cost = planner::estimateCost(branches, sizes, options, headDim,
                                             valueDim, elementBytes);
  return json::Object{{"pairs", cost.pairs},
                      {"flops", cost.flops},
                      {"bytes", cost.bytes},
                      {"items", cost.items}};
}

/// One entry per group of classes, with the part of the cost that is its own.
static json::Array
groupCosts(const std::vector<planner::BranchClasses> &branches,
           const planner::Sizes &sizes, const planner::PlanOptions &options,
           int64_t headDim, int64_t valueDim, int64_t elementBytes) {
  json::Array groups;
  for (size_t branch = 0; branch < branches.size(); ++branch) {
    for (const planner::ClassGroup &group : branches[branch].groups) {
      planner::BranchClasses alone{{group}, branches[branch].perHead};
      json::Object entry =
          costOf({alone}, sizes, options, headDim, valueDim, elementBytes);
      entry.erase("bytes"); // shared by all groups
      entry["branch"] = int64_t(branch);
      entry["first"] = group.first;
      entry["length"] = group.length;
      entry["times"] = group.times;
      entry["dilation"] = group.stride;
      entry["window"] = group.window ? json::Value(*group.window) : nullptr;
      entry["order"] =
          group.grid
              ? json::Value(json::Array{group.grid->rows, group.grid->cols})
              : json::Value("identity");
      groups.push_back(std::move(entry));
    }
  }
  return groups;
}

extern "C" rdattn_status rdattn_explain(const char *pattern, int32_t causal,
                                        rdattn_dtype dtype, int64_t batch,
                                        int64_t tokens, int64_t heads,
                                        int64_t kvHeads, int64_t headDim,
                                        int64_t valueDim, const char **text) {
  if (!pattern || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "pattern and json must not be NULL");
  if (headDim < 1 || valueDim < 0)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "head_dim must be at least 1 and value_dim at least 0");
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  std::vector<planner::BranchClasses> branches;
  for (const planner::Branch &branch : parsed->branches) {
    if (auto violation = planner::checkCovers(branch, tokens))
      return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
    branches.push_back(planner::expandBranch(branch));
  }
  planner::Sizes sizes{batch, tokens, heads, kvHeads};
  valueDim = valueDim ? valueDim : headDim;
  int64_t queries =
      defaultCPUTiles(llvm::cantFail(resolveCPU("host")), headDim, valueDim)
          .queries;
  planner::PlanOptions options{bool(causal), queries,
                               planner::TileOrder::Plain};
  if (auto violation = planner::checkSizes(branches, sizes, options))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
  int64_t elementBytes = dtype == RDATTN_FLOAT32 ? 4 : 2;
  json::Object result =
      costOf(branches, sizes, options, headDim, valueDim, elementBytes);
  double dense = double(batch) * heads * tokens * tokens;
  result["dense_pairs"] =
      causal ? (dense + double(batch) * heads * tokens) / 2 : dense;
  result["groups"] =
      groupCosts(branches, sizes, options, headDim, valueDim, elementBytes);
  *text = keep(std::move(result));
  return RDATTN_OK;
}
