//===- Report.cpp - Prints what simulations found -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Report.h"

#include "tools/rdattn-run/Units.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;

namespace rdattn::sim {

using run::duration;
using run::quantity;

static const char *sideOf(bool isBoundByTransfer) {
  return isBoundByTransfer ? "transfer" : "compute";
}

static std::string percent(double fraction) {
  return formatv("{0:f1} %", 100 * fraction).str();
}

void printHeader(raw_ostream &stream, const Case &problem,
                 const Machine &machine) {
  const planner::Sizes &sizes = problem.sizes;
  stream << formatv("attention   batch {0}, {1} heads on {2}, head dim {3}, "
                    "value dim {4}, {5} bit{6}\n",
                    sizes.batch, sizes.heads, sizes.kvHeads, problem.headDim,
                    problem.valueDim, 8 * problem.elementBytes,
                    problem.causal ? ", causal" : "");
  stream << "rank        " << quantity(machine.rate, "FLOP/s") << " and "
         << duration(machine.launch) << " a kernel";
  if (machine.copyShare > 0)
    stream << ", " << percent(machine.copyShare) << " less during transfers";
  stream << formatv(
      "\nnode        {0} ranks; {1} and {2} inside, {3} and {4} "
      "between nodes, {5} for a node\n\n",
      machine.node, quantity(machine.link, "B/s"),
      duration(machine.linkLatency), quantity(machine.network, "B/s"),
      duration(machine.networkLatency), quantity(machine.nodeNetwork, "B/s"));
  stream << "    tokens  ranks  layout          time  efficiency   waiting  "
            "longest step     work       sent  (most)      memory\n";
}

void printOutcome(raw_ostream &stream, const Outcome &outcome) {
  const Summary &summary = outcome.summary;
  const Span &longest = summary.times.longest;
  double waiting =
      summary.seconds > 0 ? summary.times.waited / summary.seconds : 0;
  stream << formatv("{0,10}  {1,5}  {2,-10}  {3,8}  {4,10}  {5,8}  ",
                    outcome.problem.sizes.tokens, outcome.problem.ring.size,
                    planner::nameOf(outcome.problem.ring.layout),
                    duration(summary.seconds), percent(summary.efficiency),
                    percent(waiting))
         << formatv("{0,4} {1,-8}  {2,7:f3}  {3,9}  {4,9}  {5,7}\n",
                    longest.distance, sideOf(longest.isBoundByTransfer()),
                    summary.imbalance, quantity(summary.sentMean, "B"),
                    quantity(summary.sentMost, "B"),
                    quantity(summary.memory, "B"));
}

void printSteps(raw_ostream &stream, const Outcome &outcome) {
  Weights weights = weightsOf(outcome.problem);
  stream << formatv("\nrank {0} of {1} is done last:\n",
                    outcome.summary.slowest, outcome.problem.ring.size);
  stream << " step   received       sent        work    posted      done  "
            "computes       ends   waiting\n";
  for (const StepReport &step : outcome.steps) {
    const StepTimes &times = step.times;
    stream << formatv(
        "{0,5}  {1,9}  {2,9}  {3,10}  {4,8}  {5,8}", times.distance,
        quantity(double(step.load.receivedRows) * weights.bytesPerRow, "B"),
        quantity(double(step.load.sentRows) * weights.bytesPerRow, "B"),
        quantity(double(step.load.pairs) * weights.flopsPerPair, "FLOP"),
        duration(times.posted), duration(times.arrived));
    if (step.load.pairs > 0)
      stream << formatv("  {0,8}   {1,8}  {2,8}", duration(times.began),
                        duration(times.ended), duration(times.waited));
    stream << "\n";
  }
  stream << "\n";
}

static json::Value stepToJSON(const StepReport &step, const Weights &weights) {
  const StepTimes &times = step.times;
  json::Object object{
      {"step", times.distance},
      {"received_bytes", double(step.load.receivedRows) * weights.bytesPerRow},
      {"sent_bytes", double(step.load.sentRows) * weights.bytesPerRow},
      {"flops", double(step.load.pairs) * weights.flopsPerPair},
      {"posted", times.posted},
      {"done", times.arrived}};
  if (step.load.pairs > 0) {
    object["compute_begin"] = times.began;
    object["compute_end"] = times.ended;
    object["waited"] = times.waited;
  }
  return object;
}

json::Value toJSON(const Outcome &outcome) {
  const Summary &summary = outcome.summary;
  const Span &longest = summary.times.longest;
  json::Object object{
      {"tokens", outcome.problem.sizes.tokens},
      {"ranks", outcome.problem.ring.size},
      {"layout", planner::nameOf(outcome.problem.ring.layout)},
      {"seconds", summary.seconds},
      {"efficiency", summary.efficiency},
      {"slowest_rank", summary.slowest},
      {"waited", summary.times.waited},
      {"longest_step",
       json::Object{{"step", longest.distance},
                    {"seconds", longest.seconds},
                    {"waited", longest.waited},
                    {"bound", sideOf(longest.isBoundByTransfer())}}},
      {"flops", summary.flops},
      {"imbalance", summary.imbalance},
      {"sent_bytes_mean", summary.sentMean},
      {"sent_bytes_most", summary.sentMost},
      {"memory_bytes_most", summary.memory}};
  if (!outcome.steps.empty()) {
    json::Array steps;
    for (const StepReport &step : outcome.steps)
      steps.push_back(stepToJSON(step, weightsOf(outcome.problem)));
    object["steps"] = std::move(steps);
  }
  return object;
}

/// JSON has no infinity.
static json::Value finite(double number) {
  return std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
}

json::Value toJSON(const Machine &machine) {
  return json::Object{{"node", machine.node},
                      {"link", finite(machine.link)},
                      {"network", finite(machine.network)},
                      {"node_network", finite(machine.nodeNetwork)},
                      {"link_latency", machine.linkLatency},
                      {"network_latency", machine.networkLatency},
                      {"rate", machine.rate},
                      {"launch", machine.launch},
                      {"copy_share", machine.copyShare}};
}

} // namespace rdattn::sim
