//===- ExplainDevice.cpp - What an attention costs on a GPU ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/ExplainDevice.h"

#include "tools/rdattn-run/Units.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace rdattn::run {

namespace {
/// What a tensor core's multiprocessor does in a cycle, with 16-bit inputs and
/// sums in f32; from NVIDIA's tables of peak rates.
struct Rate {
  int major, minor;
  double flops;
};
} // namespace

static constexpr Rate kRates[] = {
    {8, 0, 2048}, {8, 6, 1024}, {8, 9, 1024}, {9, 0, 4096}, {10, 0, 8192}};

/// 0 where it is not known.
static double peakOf(const rdattn_cuda_report &report, rdattn_dtype dtype) {
  if (dtype == RDATTN_FLOAT32)
    return 0;
  for (const Rate &rate : kRates)
    if (rate.major == report.major && rate.minor == report.minor)
      return rate.flops * report.multiprocessors * 1e3 * report.clock_khz;
  return 0;
}

static void printKernel(raw_ostream &stream, const rdattn_cuda_report &report) {
  stream << formatv("kernel      {0}: tiles of {1} x {2}, {3} threads of {4} "
                    "registers",
                    report.kernel, report.queries, report.keys, report.threads,
                    report.registers);
  if (report.local_bytes)
    stream << ", " << quantity(double(report.local_bytes), "B") << " of stack";
  stream << ", " << quantity(double(report.shared_bytes), "B")
         << " of shared memory; " << report.blocks_per_multiprocessor
         << (report.blocks_per_multiprocessor == 1 ? " block" : " blocks")
         << " a multiprocessor\n";
}

static void printBalance(raw_ostream &stream, const rdattn_cuda_report &report,
                         const Balance &balance) {
  double blocks = report.blocks;
  stream << formatv("balance     {0:f1} tiles for each of {1} blocks; the "
                    "busiest has {2:f0} tiles of keys, the mean {3:f1} % of "
                    "that\n",
                    double(balance.items) / blocks, report.blocks,
                    balance.longest, 100 * balance.share);
}

void printDeviceExplanation(raw_ostream &stream, const Sizes &sizes, Cost cost,
                            const rdattn_cuda_report &report,
                            const Balance &balance,
                            const std::optional<Timing> &timing) {
  cost.items = double(balance.items);
  printCost(stream, sizes, cost);
  double flops = peakOf(report, sizes.dtype);
  double bytes = double(report.memory_bytes_per_second);
  stream << "device      " << report.device << ", " << report.multiprocessors
         << " multiprocessors: ";
  if (flops > 0)
    stream << quantity(flops, "FLOP/s") << " (16 bit), ";
  stream << quantity(bytes, "B/s") << " at most\n";
  printKernel(stream, report);
  printBalance(stream, report, balance);
  if (flops <= 0 || bytes <= 0)
    return;
  printRoofline(stream, cost, flops, bytes, timing);
  double predicted =
      std::max(cost.flops / flops / balance.share, cost.bytes / bytes);
  stream << "            " << duration(predicted)
         << " with the busiest block at the peak\n";
}

} // namespace rdattn::run
