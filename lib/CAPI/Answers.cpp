//===- Answers.cpp - Questions that are answered by JSON ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Answers.h"

#include "llvm/Support/FormatVariadic.h"

#include "rdattn/module.h"

using namespace rdattn;

const char *capi::keep(llvm::json::Value value) {
  static thread_local std::string text;
  text = llvm::formatv("{0}", value).str();
  return text.c_str();
}

rdattn_status capi::expand(const planner::Pattern &pattern, int64_t tokens,
                           std::vector<planner::BranchClasses> &branches) {
  for (const planner::Branch &branch : pattern.branches) {
    if (auto violation = planner::checkCovers(branch, tokens))
      return rdattn_fail(RDATTN_INVALID_ARGUMENT, violation->c_str());
    branches.push_back(planner::expandBranch(branch));
  }
  return RDATTN_OK;
}
