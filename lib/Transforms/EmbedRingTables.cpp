//===- EmbedRingTables.cpp - The tables of a static ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Transforms/EmbedRingTables.h"

#include "lib/Transforms/EmbeddedTable.h"

#include "lib/Planner/RingItems.h"
#include "lib/Planner/RingTableSize.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace rdattn;

/// Of each rank, the tables of its steps.
using RanksTables = std::vector<std::vector<planner::RingTables>>;

//===----------------------------------------------------------------------===//
// Planning
//===----------------------------------------------------------------------===//

/// The sizes of the whole sequence, where all are known and none is 0.
static std::optional<planner::Sizes> constantSizes(RingPlanOp plan) {
  RingType ring = plan.getRing().getType();
  auto batch = getConstantIntValue(plan.getBatch());
  auto heads = getConstantIntValue(plan.getHeads());
  auto kvHeads = getConstantIntValue(plan.getKvHeads());
  if (!plan.getQueriesAttr() || ShapedType::isDynamic(ring.getSize()) ||
      ShapedType::isDynamic(ring.getTokens()) || !batch || !heads || !kvHeads ||
      *batch == 0 || ring.getTokens() == 0 || *heads == 0)
    return std::nullopt;
  return planner::Sizes{*batch, ring.getTokens(), *heads, *kvHeads};
}

/// What is known of the words of a rank's tables before they are made.
static planner::Wide leastWords(const planner::RingSchedule &schedule,
                                const planner::Sizes &sizes,
                                const planner::PlanOptions &options) {
  planner::Wide items = 0;
  for (const planner::RingStep &step : schedule.steps)
    items += planner::itemsOf(step, sizes, options);
  return items * planner::kRingItemColumns;
}

static int64_t wordsOf(const std::vector<planner::RingTables> &steps) {
  int64_t words = 0;
  for (const planner::RingTables &step : steps)
    words += step.items.size() * planner::kRingItemColumns + step.lists.size() +
             step.phases.size();
  return words;
}

/// Nothing where they are too large.
static std::optional<RanksTables> planRanks(const planner::PlanSpec &spec,
                                            const planner::Sizes &sizes,
                                            const planner::Ring &ring) {
  planner::RingPlanner planner(spec.branches, sizes, spec.options.causal, ring);
  RanksTables ranks;
  int64_t left = kMaxEmbeddedRingWords;
  for (int64_t rank = 0; rank < ring.size; ++rank) {
    planner::RingSchedule schedule = planner.plan(rank);
    if (leastWords(schedule, sizes, spec.options) > left)
      return std::nullopt;
    if (planner::makeRingTables(schedule.steps, sizes, spec.branches.size(),
                                spec.options, ranks.emplace_back()))
      return std::nullopt;
    left -= wordsOf(ranks.back());
    if (left < 0)
      return std::nullopt;
  }
  return ranks;
}

//===----------------------------------------------------------------------===//
// Embedding
//===----------------------------------------------------------------------===//

namespace {
/// One table of a step: the parts of all ranks, one after another.
class Parts {
public:
  void append(const int32_t *words, int64_t count) {
    values.insert(values.end(), words, words + count);
    starts.push_back(values.size());
  }

  /// The part of `rank`, as rows of so many columns (0: of a vector). Behind
  /// the last rank's is an empty one, for calls that have failed.
  Value select(ImplicitLocOpBuilder &b, Value rank, int64_t columns);

private:
  std::vector<int32_t> values, starts{0};
};

/// Replaces one `rdattn.ring.table`.
class TableEmbedder {
public:
  TableEmbedder(RingTableOp table, int64_t step, const RanksTables &ranks)
      : table(table), step(step), ranks(ranks), b(table.getLoc(), table) {}

  void embed();

private:
  Value phasesOf(Value rank);

  RingTableOp table;
  int64_t step;
  const RanksTables &ranks;
  ImplicitLocOpBuilder b;
};
} // namespace

static Value entry(ImplicitLocOpBuilder &b, Value table, Value index) {
  return arith::IndexCastOp::create(b, b.getIndexType(),
                                    tensor::ExtractOp::create(b, table, index));
}

Value Parts::select(ImplicitLocOpBuilder &b, Value rank, int64_t columns) {
  starts.push_back(values.size());
  int64_t width = std::max<int64_t>(columns, 1);
  for (int32_t &start : starts)
    start /= width;
  int64_t rows = values.size() / width;
  SmallVector<int64_t> shape{rows};
  SmallVector<OpFoldResult> offsets, sizes;
  SmallVector<OpFoldResult> strides(columns ? 2 : 1, b.getIndexAttr(1));
  Value ends = tableOf(b, {int64_t(starts.size())}, starts);
  Value begin = entry(b, ends, rank);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value end = entry(b, ends, arith::AddIOp::create(b, rank, one));
  offsets.push_back(begin);
  sizes.push_back(arith::SubIOp::create(b, end, begin).getResult());
  if (columns) {
    shape.push_back(columns);
    offsets.push_back(b.getIndexAttr(0));
    sizes.push_back(b.getIndexAttr(columns));
  }
  return tensor::ExtractSliceOp::create(b, tableOf(b, shape, values), offsets,
                                        sizes, strides);
}

/// A row of phases for each rank, and one of none.
Value TableEmbedder::phasesOf(Value rank) {
  std::vector<int32_t> values;
  int64_t columns = ranks.front()[step].phases.size();
  for (const std::vector<planner::RingTables> &steps : ranks)
    values.insert(values.end(), steps[step].phases.begin(),
                  steps[step].phases.end());
  values.resize(values.size() + columns);
  Value all = tableOf(b, {int64_t(ranks.size()) + 1, columns}, values);
  auto row = RankedTensorType::get({columns}, b.getI32Type());
  SmallVector<OpFoldResult> offsets{rank, b.getIndexAttr(0)};
  SmallVector<OpFoldResult> sizes{b.getIndexAttr(1), b.getIndexAttr(columns)};
  SmallVector<OpFoldResult> strides(2, b.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(b, row, all, offsets, sizes, strides);
}

void TableEmbedder::embed() {
  Parts items, lists;
  for (const std::vector<planner::RingTables> &steps : ranks) {
    const planner::RingTables &mine = steps[step];
    items.append(reinterpret_cast<const int32_t *>(mine.items.data()),
                 mine.items.size() * planner::kRingItemColumns);
    lists.append(mine.lists.data(), mine.lists.size());
  }
  Value rank = RingRankOp::create(b, b.getIndexType(), table.getSchedule(),
                                  ranks.size());
  replaceTable(b, table.getItems(),
               items.select(b, rank, planner::kRingItemColumns));
  replaceTable(b, table.getLists(), lists.select(b, rank, 0));
  replaceTable(b, table.getPhases(), phasesOf(rank));
  table.erase();
}

LogicalResult rdattn::embedRingTables(RingPlanOp plan) {
  SmallVector<std::pair<RingTableOp, int64_t>> tables;
  for (Operation *user : plan->getUsers())
    if (auto table = dyn_cast<RingTableOp>(user))
      if (auto step = getConstantIntValue(table.getStep());
          step && isa<TensorType>(table.getItems().getType()))
        tables.push_back({table, *step});
  std::optional<planner::Sizes> sizes = constantSizes(plan);
  if (tables.empty() || !sizes)
    return success();
  planner::PlanSpec spec = plan.getSpec();
  planner::Ring ring{plan.getRing().getType().getSize(), *spec.ring};
  if (planner::Violation violation = planner::checkSizes(spec.branches, *sizes))
    return plan.emitOpError(*violation);
  std::optional<RanksTables> ranks = planRanks(spec, *sizes, ring);
  if (!ranks)
    return success();
  int64_t steps = ranks->front().size();
  for (auto [table, number] : tables)
    if (number >= 0 && number < steps)
      TableEmbedder(table, number, *ranks).embed();
  return success();
}
