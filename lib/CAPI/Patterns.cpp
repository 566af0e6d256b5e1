//===- Patterns.cpp - Patterns without a kernel: checks and costs ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Answers.h"
#include "lib/CAPI/KernelLaunch.h"
#include "lib/CAPI/KernelOptions.h"
#include "lib/Planner/PlanSpec.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

using namespace rdattn;
namespace json = llvm::json;

extern "C" rdattn_status rdattn_pattern_check(const char *pattern,
                                              const char **text) {
  if (!pattern || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "pattern and json must not be NULL");
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  *text = capi::keep(patternToJSON(*parsed));
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

/// How the kernel's launch cuts and orders its work.
static rdattn_status planOptions(const rdattn_kernel_options &options,
                                 const capi::KernelRequest &request,
                                 planner::PlanOptions &plan) {
  capi::Session session;
  capi::KernelLaunch launch;
  if (rdattn_status status =
          capi::lowerToLaunch(session, options, request, launch))
    return status;
  planner::PlanSpec spec;
  const std::vector<int64_t> &words = launch.planWords;
  if (auto violation = planner::deserialize(words.data(), words.size(), spec))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
  plan = spec.options;
  return RDATTN_OK;
}

extern "C" rdattn_status rdattn_pattern_plan_spec(const char *pattern,
                                                  int32_t causal,
                                                  rdattn_plan_spec **spec) {
  if (!pattern || !spec)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "pattern and spec must not be NULL");
  *spec = nullptr;
  llvm::Expected<planner::Pattern> parsed = parsePatternJSON(pattern);
  if (!parsed)
    return capi::fail(RDATTN_INVALID_ARGUMENT, parsed.takeError());
  planner::PlanSpec described;
  described.options.causal = causal;
  described.options.queries = 1; // any: the spec makes no table
  for (const planner::Branch &branch : parsed->branches)
    described.branches.push_back(planner::expandBranch(branch));
  std::vector<int64_t> words = planner::serialize(described);
  return rdattn_plan_spec_create(words.data(), words.size(), spec);
}

static rdattn_status explain(const rdattn_kernel_options &options,
                             const capi::KernelRequest &request,
                             const planner::Sizes &sizes,
                             json::Object &result) {
  std::vector<planner::BranchClasses> branches;
  planner::PlanOptions plan;
  if (rdattn_status status =
          capi::expand(request.pattern, sizes.tokens, branches))
    return status;
  if (rdattn_status status = planOptions(options, request, plan))
    return status;
  if (auto violation = planner::checkSizes(branches, sizes, plan))
    return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
  int64_t headDim = options.head_dim;
  int64_t valueDim = options.value_dim ? options.value_dim : headDim;
  int64_t elementBytes = options.dtype == RDATTN_FLOAT32 ? 4 : 2;
  result = costOf(branches, sizes, plan, headDim, valueDim, elementBytes);
  double rows = double(sizes.batch) * sizes.heads * sizes.tokens;
  double dense = rows * sizes.tokens;
  result["dense_pairs"] = options.causal ? (dense + rows) / 2 : dense;
  result["groups"] =
      groupCosts(branches, sizes, plan, headDim, valueDim, elementBytes);
  return RDATTN_OK;
}

extern "C" rdattn_status rdattn_explain(const rdattn_kernel_options *options,
                                        int64_t batch, int64_t tokens,
                                        int64_t heads, int64_t kvHeads,
                                        const char **text) {
  if (!options || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "options and json must not be NULL");
  llvm::Expected<capi::KernelRequest> request = capi::readRequest(*options);
  if (!request)
    return capi::fail(RDATTN_INVALID_ARGUMENT, request.takeError());
  json::Object result;
  if (rdattn_status status =
          explain(*options, *request, {batch, tokens, heads, kvHeads}, result))
    return status;
  *text = capi::keep(std::move(result));
  return RDATTN_OK;
}
