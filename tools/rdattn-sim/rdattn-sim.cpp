//===- rdattn-sim.cpp - Simulates rings of many ranks ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-sim/Options.h"
#include "tools/rdattn-sim/PatternFile.h"
#include "tools/rdattn-sim/Report.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/WithColor.h"

#include <chrono>

using namespace llvm;
using namespace rdattn;
using namespace rdattn::sim;

namespace {
/// Says how far planning is, once it has taken a while and then now and then.
class Reporter {
public:
  explicit Reporter(const Case &problem) : problem(problem) {}

  void operator()(int64_t planned) {
    auto now = Clock::now();
    if (now - last < std::chrono::seconds(5))
      return;
    last = now;
    errs() << formatv("rdattn-sim: {0} tokens: {1} of {2} ranks are planned\n",
                      problem.sizes.tokens, planned, problem.ring.size);
  }

private:
  using Clock = std::chrono::steady_clock;

  const Case &problem;
  Clock::time_point last = Clock::now();
};
} // namespace

/// Prints runs as they come, JSON at the end.
static Error runAll(const Options &options) {
  Expected<Attention> attention =
      readAttention(options.pattern, options.function);
  if (!attention)
    return attention.takeError();
  Request request{options.problem, options.layout, options.machine,
                  options.steps};
  request.problem.causal |= attention->causal;
  if (!options.json)
    printHeader(outs(), request.problem, request.machine);
  json::Array runs;
  for (int64_t tokens : options.tokens)
    for (int64_t ranks : options.ranks) {
      request.problem.sizes.tokens = tokens;
      request.problem.ring.size = ranks;
      Expected<Outcome> done =
          simulateRing(attention->pattern, request, Reporter(request.problem));
      if (!done)
        return done.takeError();
      if (options.json) {
        runs.push_back(toJSON(*done));
        continue;
      }
      printOutcome(outs(), *done);
      if (options.steps)
        printSteps(outs(), *done);
      outs().flush();
    }
  if (options.json)
    outs() << formatv("{0:2}\n", json::Value(json::Object{
                                     {"machine", toJSON(options.machine)},
                                     {"runs", std::move(runs)}}));
  return Error::success();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  setBugReportMsg("rdattn-sim crashed. Please report it with the pattern, the "
                  "command line and these lines:\n");
  Error error = runAll(parseOptions(argc, argv));
  if (!error)
    return 0;
  outs().flush();
  WithColor::error(errs(), "rdattn-sim") << toString(std::move(error)) << "\n";
  return 1;
}
