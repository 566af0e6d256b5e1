//===- Cost.cpp - What an attention costs ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Cost.h"

#include "tools/rdattn-run/Compiled.h"
#include "tools/rdattn-run/Failure.h"

#include "rdattn/compiler.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <algorithm>

using namespace llvm;

namespace rdattn::run {

/// The report of rdattn_explain for the pattern in `definition`.
static Expected<json::Value> explain(StringRef definition, const Sizes &sizes) {
  Expected<json::Value> parsed = json::parse(definition);
  if (!parsed)
    return parsed.takeError();
  const json::Object *object = parsed->getAsObject();
  const json::Value *pattern = object ? object->get("pattern") : nullptr;
  if (!pattern)
    return failure("the function's definition names no pattern");
  std::string text = formatv("{0}", *pattern).str();
  const char *report = nullptr;
  if (Error error = toError(rdattn_explain(
          text.c_str(), object->getBoolean("causal").value_or(false),
          sizes.dtype, sizes.batch, sizes.tokens, sizes.heads, sizes.kvHeads,
          sizes.headDim, sizes.valueDim, &report)))
    return std::move(error);
  return json::parse(report);
}

Expected<Cost> costOf(StringRef definition, const Sizes &sizes) {
  Expected<json::Value> report = explain(definition, sizes);
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

/// Three digits.
static std::string digits(double value) {
  return value < 10    ? formatv("{0:f2}", value).str()
         : value < 100 ? formatv("{0:f1}", value).str()
                       : formatv("{0:f0}", value).str();
}

/// "3.42 GB", and "3.42 G" of what has no unit.
static std::string quantity(double value, StringRef unit) {
  StringRef prefixes = "kMGTP";
  if (value < 1000)
    return StringRef(formatv("{0:f0} {1}", value, unit).str()).rtrim().str();
  while ((value /= 1000) >= 1000 && prefixes.size() > 1)
    prefixes = prefixes.drop_front();
  return formatv("{0} {1}{2}", digits(value), prefixes.front(), unit).str();
}

static std::string duration(double seconds) {
  return seconds < 1e-3 ? digits(seconds * 1e6) + " us"
         : seconds < 1  ? digits(seconds * 1e3) + " ms"
                        : digits(seconds) + " s";
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

static void printCost(raw_ostream &stream, const Sizes &sizes,
                      const Cost &cost) {
  stream << formatv("attention   {0}, {1} x {2} tokens, {3} heads on {4}, "
                    "head dim {5}, value dim {6}\n",
                    nameOf(sizes.dtype), sizes.batch, sizes.tokens, sizes.heads,
                    sizes.kvHeads, sizes.headDim, sizes.valueDim);
  stream << "pairs       " << quantity(cost.pairs, "") << " allowed";
  if (cost.densePairs > 0)
    stream << formatv(", {0:f1} % of dense attention's ",
                      100 * cost.pairs / cost.densePairs)
           << quantity(cost.densePairs, "");
  stream << "\nwork        " << quantity(cost.flops, "FLOP") << " in "
         << static_cast<int64_t>(cost.items) << " tiles\n"
         << "memory      " << quantity(cost.bytes, "B")
         << ": q, k and v read once, o and lse written once\n";
}

void printExplanation(raw_ostream &stream, const Sizes &sizes, const Cost &cost,
                      const Peak &peak, const std::optional<Timing> &timing) {
  printCost(stream, sizes, cost);
  if (cost.bytes <= 0)
    return;
  stream << formatv("intensity   {0:f1} FLOP/B\n", cost.flops / cost.bytes)
         << "machine     " << quantity(peak.flops, "FLOP/s") << " (f32), "
         << quantity(peak.bytes, "B/s") << " copied, measured on "
         << peak.threads << (peak.threads == 1 ? " thread\n" : " threads\n");
  double arithmetic = cost.flops / peak.flops;
  double traffic = cost.bytes / peak.bytes;
  double least = std::max(arithmetic, traffic);
  stream << "roofline    at least " << duration(least) << ", bound by "
         << (arithmetic >= traffic ? "arithmetic" : "memory");
  if (timing && timing->best > 0)
    stream << formatv("; the best run reached {0:f1} % of it",
                      100 * least / timing->best);
  stream << "\n";
}

} // namespace rdattn::run
