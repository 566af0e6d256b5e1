//===- Check.cpp - Compares a run with the definition ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Check.h"

#include "tools/rdattn-run/Elements.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <random>
#include <set>

namespace rdattn::run {

double Deviation::bound(double floor) const {
  return 2 * plainError + floor * std::max(1.0, largest);
}

/// S10: lse is f32 whatever the inputs are.
static constexpr double kLseFloor = 1e-5;

static double outputFloor(const Report &report) {
  return 2 * epsilonOf(report.dtype);
}

bool Report::ok() const {
  return o.error <= o.bound(outputFloor(*this)) &&
         lse.error <= lse.bound(kLseFloor);
}

std::vector<int64_t> sampleRows(int64_t tokens, int64_t count, uint64_t seed) {
  std::set<int64_t> rows;
  if (tokens > 0)
    rows = {0, tokens - 1};
  int64_t inner = std::max<int64_t>(tokens - 2, 0);
  int64_t wanted = std::clamp<int64_t>(count - 2, 0, inner);
  std::mt19937_64 random(seed);
  // Floyd's sampling: one draw per row, none of them twice.
  for (int64_t last = inner - wanted + 1; last <= inner; ++last)
    if (!rows.insert(1 + random() % last).second)
      rows.insert(last);
  return {rows.begin(), rows.end()};
}

/// A NaN is as wrong as can be; equal infinities are right.
static double distance(double found, double wanted) {
  if (found == wanted)
    return 0;
  double apart = std::abs(found - wanted);
  return std::isnan(apart) ? std::numeric_limits<double>::infinity() : apart;
}

static void note(Deviation &deviation, double found, double plain,
                 double exact) {
  deviation.error = std::max(deviation.error, distance(found, exact));
  if (!std::isfinite(exact))
    return;
  deviation.largest = std::max(deviation.largest, std::abs(exact));
  if (std::isfinite(plain))
    deviation.plainError =
        std::max(deviation.plainError, std::abs(plain - exact));
}

/// Whether the definition gives the row numbers: an empty row has lse = -inf.
static bool isDefined(const Row &row, bool empty) {
  return (empty || std::isfinite(row.lse)) &&
         std::all_of(row.o.begin(), row.o.end(),
                     [](double value) { return std::isfinite(value); });
}

/// S5: what is not finite in v may reach other rows, as 0 * NaN in a tile.
static bool isSpoilt(const Inputs &inputs, const Outputs &outputs,
                     size_t first) {
  bool finite = true;
  for (int64_t i = 0; i < inputs.valueDim; ++i)
    finite &= std::isfinite(loadElement(outputs.o, inputs.dtype, first + i));
  return !finite && !inputs.valuesAreFinite;
}

static void compareRow(Definition &definition, const Inputs &inputs,
                       const Outputs &outputs, RowIndex index, Report &report) {
  std::vector<int64_t> keys = definition.keysOf(index.head, index.row);
  Row exact = exactRow(inputs, index, keys);
  ++report.rows;
  size_t first =
      ((index.batch * inputs.tokens + index.row) * inputs.heads + index.head) *
      inputs.valueDim;
  if (!isDefined(exact, keys.empty()) || isSpoilt(inputs, outputs, first)) {
    ++report.undefined;
    return;
  }
  Row plain = plainRow(inputs, index, keys);
  for (size_t i = 0; i < exact.o.size(); ++i)
    note(report.o, loadElement(outputs.o, inputs.dtype, first + i), plain.o[i],
         exact.o[i]);
  if (!outputs.lse)
    return;
  size_t at =
      (index.batch * inputs.heads + index.head) * inputs.tokens + index.row;
  note(report.lse, outputs.lse[at], plain.lse, exact.lse);
}

static bool allFinite(const Inputs &inputs, int64_t batches) {
  size_t count = static_cast<size_t>(batches) * inputs.tokens * inputs.kvHeads *
                 inputs.valueDim;
  for (size_t i = 0; i < count; ++i)
    if (!std::isfinite(loadElement(inputs.v, inputs.dtype, i)))
      return false;
  return true;
}

Report compare(Definition &definition, Inputs inputs, const Outputs &outputs,
               int64_t batches, int64_t count, const volatile int &stop) {
  Report report;
  report.dtype = inputs.dtype;
  report.hasLse = outputs.lse;
  inputs.valuesAreFinite = allFinite(inputs, batches);
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t head = 0; head < inputs.heads; ++head)
      for (int64_t row :
           sampleRows(inputs.tokens, count, batch * inputs.heads + head)) {
        report.interrupted = stop;
        if (report.interrupted)
          return report;
        compareRow(definition, inputs, outputs, {batch, head, row}, report);
      }
  return report;
}

static void printLine(llvm::raw_ostream &stream, llvm::StringRef name,
                      const Deviation &deviation, double bound) {
  stream << llvm::formatv("check       {0,-4} max error {1:e2}, allowed "
                          "{2:e2}: {3}\n",
                          name, deviation.error, bound,
                          deviation.error <= bound ? "ok" : "FAILED");
}

void print(llvm::raw_ostream &stream, const Report &report) {
  printLine(stream, "o", report.o, report.o.bound(outputFloor(report)));
  if (report.hasLse)
    printLine(stream, "lse", report.lse, report.lse.bound(kLseFloor));
  stream << "            " << report.rows << " rows against the definition "
         << "in fp64";
  if (report.undefined)
    stream << "; " << report.undefined
           << " of them see inputs that are not finite: not compared";
  stream << "\n";
}

} // namespace rdattn::run
