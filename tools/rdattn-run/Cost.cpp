//===- Cost.cpp - What an attention costs ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Cost.h"

#include "tools/rdattn-run/Compiled.h"
#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-run/Units.h"

#include "rdattn/compiler.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <algorithm>

using namespace llvm;

namespace rdattn::run {

/// The report of rdattn_explain for the pattern in `definition`.
static Expected<json::Value> explain(StringRef definition, const Sizes &sizes,
                                     const char *target) {
  Expected<json::Value> parsed = json::parse(definition);
  if (!parsed)
    return parsed.takeError();
  const json::Object *object = parsed->getAsObject();
  const json::Value *pattern = object ? object->get("pattern") : nullptr;
  if (!pattern)
    return failure("the function's definition names no pattern");
  std::string text = formatv("{0}", *pattern).str();
  rdattn_kernel_options options = {};
  options.pattern = text.c_str();
  options.dtype = sizes.dtype;
  options.head_dim = sizes.headDim;
  options.value_dim = sizes.valueDim;
  options.causal = object->getBoolean("causal").value_or(false);
  options.target = target;
  const char *report = nullptr;
  if (Error error =
          toError(rdattn_explain(&options, sizes.batch, sizes.tokens,
                                 sizes.heads, sizes.kvHeads, &report)))
    return std::move(error);
  return json::parse(report);
}

Expected<Cost> costOf(StringRef definition, const Sizes &sizes,
                      const char *target) {
  Expected<json::Value> report = explain(definition, sizes, target);
  if (!report)
    return report.takeError();
  const json::Object *object = report->getAsObject();
  if (!object)
    return failure("the compiler's cost report is not an object");
  auto number = [&](StringRef key) {
    return object->getNumber(key).value_or(0);
  };
  return Cost{number("pairs"), number("flops"), number("bytes"),
              number("items"), number("dense_pairs")};
}

Timing summarize(std::vector<double> seconds, int launches) {
  std::sort(seconds.begin(), seconds.end());
  size_t middle = seconds.size() / 2;
  double median = seconds.size() % 2
                      ? seconds[middle]
                      : (seconds[middle - 1] + seconds[middle]) / 2;
  return {seconds.front() / launches, median / launches,
          static_cast<int>(seconds.size()), launches};
}

void printTiming(raw_ostream &stream, const Timing &timing,
                 const std::optional<Cost> &cost) {
  stream << "time        best " << duration(timing.best) << ", median "
         << duration(timing.median) << " of " << timing.runs
         << (timing.runs == 1 ? " run" : " runs");
  if (timing.launches > 1)
    stream << " of " << timing.launches << " launches";
  if (cost && timing.best > 0)
    stream << "; " << quantity(cost->flops / timing.best, "FLOP/s")
           << " at best";
  stream << "\n";
}

static StringRef nameOf(rdattn_dtype dtype) {
  return dtype == RDATTN_FLOAT32   ? "float32"
         : dtype == RDATTN_FLOAT16 ? "float16"
                                   : "bfloat16";
}

void printSizes(raw_ostream &stream, const Sizes &sizes) {
  stream << formatv("attention   {0}, {1} x {2} tokens, {3} heads on {4}, "
                    "head dim {5}, value dim {6}\n",
                    nameOf(sizes.dtype), sizes.batch, sizes.tokens, sizes.heads,
                    sizes.kvHeads, sizes.headDim, sizes.valueDim);
}

void printCost(raw_ostream &stream, const Sizes &sizes, const Cost &cost) {
  printSizes(stream, sizes);
  stream << "pairs       " << quantity(cost.pairs, "") << " allowed";
  if (cost.densePairs > 0)
    stream << formatv(", {0:f1} % of dense attention's ",
                      100 * cost.pairs / cost.densePairs)
           << quantity(cost.densePairs, "");
  stream << "\nwork        " << quantity(cost.flops, "FLOP") << " in "
         << static_cast<int64_t>(cost.items) << " tiles\n"
         << "memory      " << quantity(cost.bytes, "B")
         << ": q, k and v read once, o and lse written once\n";
  if (cost.bytes > 0)
    stream << formatv("intensity   {0:f1} FLOP/B\n", cost.flops / cost.bytes);
}

void printRoofline(raw_ostream &stream, const Cost &cost, double flops,
                   double bytes, const std::optional<Timing> &timing) {
  double arithmetic = cost.flops / flops, traffic = cost.bytes / bytes;
  double least = std::max(arithmetic, traffic);
  stream << "roofline    at least " << duration(least) << ", bound by "
         << (arithmetic >= traffic ? "arithmetic" : "memory");
  if (timing && timing->best > 0)
    stream << formatv("; the best run reached {0:f1} % of it",
                      100 * least / timing->best);
  stream << "\n";
}

void printExplanation(raw_ostream &stream, const Sizes &sizes, const Cost &cost,
                      const Peak &peak, const std::optional<Timing> &timing) {
  printCost(stream, sizes, cost);
  if (cost.bytes <= 0)
    return;
  stream << "machine     " << quantity(peak.flops, "FLOP/s") << " (f32), "
         << quantity(peak.bytes, "B/s") << " copied, measured on "
         << peak.threads << (peak.threads == 1 ? " thread\n" : " threads\n");
  printRoofline(stream, cost, peak.flops, peak.bytes, timing);
}

} // namespace rdattn::run
