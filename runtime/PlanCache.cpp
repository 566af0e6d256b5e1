//===- PlanCache.cpp - Plans by shape and by spec -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/PlanCache.h"
#include "rdattn/runtime.h"

#include <algorithm>
#include <atomic>

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

static std::atomic<uint64_t> plansMade{0};

extern "C" uint64_t rdattn_plan_count(void) { return plansMade; }

void rdattn::runtime::countPlan() { ++plansMade; }

bool rdattn::runtime::sameSizes(const planner::Sizes &a,
                                const planner::Sizes &b) {
  return a.batch == b.batch && a.tokens == b.tokens && a.heads == b.heads &&
         a.kvHeads == b.kvHeads;
}

std::shared_ptr<PlanCache::Slot>
PlanCache::slotFor(const planner::Sizes &sizes, planner::Violation &violation) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = std::find_if(slots.begin(), slots.end(), [&](const auto &slot) {
    return sameSizes(slot->sizes, sizes);
  });
  if (found != slots.end()) {
    slots.splice(slots.begin(), slots, found);
    return slots.front();
  }
  violation = planner::checkSizes(spec.branches, sizes);
  if (violation)
    return nullptr;
  slots.push_front(std::make_shared<Slot>(sizes));
  if (slots.size() > kShapes)
    slots.pop_back();
  return slots.front();
}

planner::Violation PlanCache::find(const planner::Sizes &sizes,
                                   PlanPointer &plan) {
  planner::Violation violation;
  std::shared_ptr<Slot> slot = slotFor(sizes, violation);
  if (violation)
    return violation;
  std::lock_guard<std::mutex> lock(slot->mutex);
  if (!slot->plan) {
    slot->plan = std::make_shared<const HostPlan>(
        planner::makePlan(spec.branches, sizes, spec.options));
    countPlan();
  }
  plan = slot->plan;
  return std::nullopt;
}

planner::Violation EmbeddedSpecs::find(const int64_t *words, size_t count,
                                       std::shared_ptr<PlanCache> &cache) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry &entry) {
        return entry.words.size() == count &&
               std::equal(entry.words.begin(), entry.words.end(), words);
      });
  if (found != entries.end()) {
    entries.splice(entries.begin(), entries, found);
    cache = entries.front().cache;
    return std::nullopt;
  }
  planner::PlanSpec spec;
  if (planner::Violation violation = planner::deserialize(words, count, spec))
    return violation;
  cache = std::make_shared<PlanCache>(std::move(spec));
  entries.push_front({std::vector<int64_t>(words, words + count), cache});
  return std::nullopt;
}
