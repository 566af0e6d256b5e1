//===- ExplainRing.cpp - What an attention costs on a ring ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/ExplainRing.h"

#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-run/Table.h"
#include "tools/rdattn-run/Units.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace llvm;

namespace rdattn::run {

namespace {
/// Over the ranks.
struct Spread {
  double sum = 0, most = 0, count = 0;

  void add(double value) {
    sum += value;
    most = std::max(most, value);
    ++count;
  }
  double mean() const { return count > 0 ? sum / count : 0; }
};

/// The costs of a problem as its tables show them.
struct Explanation {
  const RingProblem &problem;
  planner::RingCosts costs;
  planner::RingRates rates = problem.rates();
  std::vector<Spread> rows{}, pairs{}; ///< of each step
  Spread work{};                       ///< pairs of all steps
};
} // namespace

static double pairsOf(const planner::RankCosts &rank) {
  double pairs = 0;
  for (const planner::StepLoad &load : rank.steps)
    pairs += double(load.pairs);
  return pairs;
}

static Explanation countAll(const RingProblem &problem,
                            planner::RingCosts costs) {
  Explanation made{problem, std::move(costs)};
  made.rows.resize(made.costs.distances.size());
  made.pairs.resize(made.costs.distances.size());
  for (const planner::RankCosts &rank : made.costs.ranks) {
    made.work.add(pairsOf(rank));
    for (size_t step = 0; step < rank.steps.size(); ++step) {
      made.rows[step].add(double(rank.steps[step].receivedRows));
      made.pairs[step].add(double(rank.steps[step].pairs));
    }
  }
  return made;
}

/// The seconds of the rank that computes longest, with nothing to wait for.
static double timeAlone(const Explanation &explained) {
  return explained.work.most * explained.rates.pairSeconds;
}

static void printTotals(raw_ostream &stream, const Explanation &explained) {
  const RingProblem &problem = explained.problem;
  const Sizes &sizes = problem.sizes;
  const Spread &work = explained.work;
  double rows = 0;
  for (const Spread &step : explained.rows)
    rows += step.sum;
  stream << formatv("ring        {0} ranks, {1}\n", problem.ring.size,
                    planner::nameOf(problem.ring.layout));
  printSizes(stream, sizes);
  stream << "pairs       " << quantity(work.sum, "") << " allowed\n"
         << "work        " << quantity(work.sum * problem.pairFlops(), "FLOP")
         << formatv(", {0:f3} times the mean on the rank that has most\n",
                    work.sum > 0 ? work.most / work.mean() : 1.0)
         << "moved       " << quantity(rows * problem.rowBytes(), "B")
         << ": each row once to each rank that needs it, the least in this "
            "layout\n"
         << "time        "
         << duration(planner::timesOf(explained.costs, explained.rates).end())
         << ", " << duration(timeAlone(explained))
         << " if nothing had to move, at " << quantity(problem.flops, "FLOP/s")
         << " and " << quantity(problem.link, "B/s") << " of each rank\n";
}

/// The mean, and in brackets the most where it differs.
static std::string meanAndMost(const Spread &spread, double factor,
                               StringRef unit) {
  std::string mean = quantity(spread.mean() * factor, unit);
  std::string most = quantity(spread.most * factor, unit);
  return mean == most ? mean : mean + " (" + most + ")";
}

static void printSteps(raw_ostream &stream, const Explanation &explained) {
  const planner::RingCosts &costs = explained.costs;
  Table table({"step", "distance", "rows", "bytes a link", "bytes", "pairs",
               "transfer", "compute", "bound by"});
  for (size_t step = 0; step < costs.distances.size(); ++step) {
    const Spread &rows = explained.rows[step];
    const double bytes = explained.problem.rowBytes();
    table.add({std::to_string(step), std::to_string(costs.distances[step]),
               meanAndMost(rows, 1, ""), meanAndMost(rows, bytes, "B"),
               quantity(rows.sum * bytes, "B"),
               meanAndMost(explained.pairs[step], 1, ""),
               duration(planner::transferSeconds(costs, explained.rates, step)),
               duration(planner::computeSeconds(costs, explained.rates, step)),
               planner::isBoundByTransfer(costs, explained.rates, step)
                   ? "transfer"
                   : "compute"});
  }
  table.print(stream);
}

/// What a rank receives or, as `member` says, sends in all steps.
static std::string movedBy(const Explanation &explained,
                           const planner::RankCosts &rank,
                           int64_t planner::StepLoad::*member) {
  double rows = 0;
  for (const planner::StepLoad &load : rank.steps)
    rows += double(load.*member);
  return quantity(rows * explained.problem.rowBytes(), "B");
}

static void printRanks(raw_ostream &stream, const Explanation &explained) {
  Table table({"rank", "tokens", "received", "sent", "pairs", "work"});
  const double mean = std::max(explained.work.mean(), 1.0);
  for (size_t i = 0; i < explained.costs.ranks.size(); ++i) {
    const planner::RankCosts &rank = explained.costs.ranks[i];
    table.add({std::to_string(i), std::to_string(rank.rows),
               movedBy(explained, rank, &planner::StepLoad::receivedRows),
               movedBy(explained, rank, &planner::StepLoad::sentRows),
               quantity(pairsOf(rank), ""),
               formatv("{0:f3}", pairsOf(rank) / mean)});
  }
  table.print(stream);
}

static planner::Violation
checkAll(const std::vector<planner::BranchClasses> &branches,
         const RingProblem &problem, const planner::Sizes &sizes) {
  for (const planner::Branch &branch : problem.attention.pattern.branches)
    if (auto violation = planner::checkCovers(branch, sizes.tokens))
      return violation;
  if (auto violation = planner::checkRing(problem.ring))
    return violation;
  return planner::checkSizes(branches, sizes);
}

static Error explain(raw_ostream &stream, const RingProblem &problem) {
  std::vector<planner::BranchClasses> branches;
  branches.reserve(problem.attention.pattern.branches.size());
  for (const planner::Branch &branch : problem.attention.pattern.branches)
    branches.push_back(planner::expandBranch(branch));
  const planner::Sizes sizes{problem.sizes.batch, problem.sizes.tokens,
                             problem.sizes.heads, problem.sizes.kvHeads};
  if (auto violation = checkAll(branches, problem, sizes))
    return failure(*violation);
  const Explanation explained = countAll(
      problem, planner::countRing(branches, sizes, problem.attention.causal,
                                  problem.ring));
  printTotals(stream, explained);
  stream << "\n";
  printSteps(stream, explained);
  stream << "\n";
  printRanks(stream, explained);
  return Error::success();
}

Error explainRing(raw_ostream &stream, const rdattn_signature &signature,
                  const CallOptions &arrays, const RingOptions &options) {
  if (Error error = needDefinition(signature, "--explain"))
    return error;
  Expected<RingProblem> problem = ringProblemOf(signature, arrays, options);
  return problem ? explain(stream, *problem) : problem.takeError();
}

} // namespace rdattn::run
