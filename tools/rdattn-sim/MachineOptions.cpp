//===- MachineOptions.cpp - The machine on the command line ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/MachineOptions.h"

#include "tools/rdattn-sim/Usage.h"

#include <cmath>

using namespace llvm;

namespace rdattn::sim {

cl::OptionCategory machineCategory("Machine");

static cl::opt<long> node("node", cl::value_desc("n"), cl::cat(machineCategory),
                          cl::desc("ranks of a node (default: 8)"),
                          cl::init(8));
static cl::opt<double>
    link("link", cl::value_desc("GB/s"), cl::cat(machineCategory),
         cl::desc("what a rank sends, and receives, inside its node (default: "
                  "450, NVLink on an H200)"),
         cl::init(450));
static cl::opt<double>
    network("network", cl::value_desc("GB/s"), cl::cat(machineCategory),
            cl::desc("what a rank sends, and receives, outside it (default: "
                     "50, assuming a network of 400 Gbit/s for each)"),
            cl::init(50));
static cl::opt<double> nodeNetwork(
    "node-network", cl::value_desc("GB/s"), cl::cat(machineCategory),
    cl::desc("what a node's ranks send, and receive, together, in equal parts "
             "(default: as much as each alone)"));
static cl::opt<double>
    linkLatency("link-latency", cl::value_desc("us"), cl::cat(machineCategory),
                cl::desc("before a transfer inside a node moves anything "
                         "(default: 10, an assumption)"),
                cl::init(10));
static cl::opt<double> networkLatency(
    "network-latency", cl::value_desc("us"), cl::cat(machineCategory),
    cl::desc("the same between nodes (default: 20, an assumption)"),
    cl::init(20));
static cl::opt<double>
    rate("rate", cl::value_desc("TFLOP/s"), cl::cat(machineCategory),
         cl::desc("what a rank's kernels compute, counting allowed pairs alone "
                  "(default: 590 up to a head dim of 64, 750 above it: dense "
                  "attention in 16 bits on an H200, see the README)"));
static cl::opt<double>
    launch("launch", cl::value_desc("us"), cl::cat(machineCategory),
           cl::desc("what each kernel takes on top of that (default: 10, an "
                    "assumption)"),
           cl::init(10));
static cl::opt<double>
    copyShare("copy-share", cl::value_desc("fraction"),
              cl::cat(machineCategory),
              cl::desc("of the rate that a rank loses while it sends or "
                       "receives (default: 0, copy engines)"),
              cl::init(0));

/// The negation refuses NaN.
static void checkRate(const cl::opt<double> &option) {
  if (!(option > 0))
    usageError("--" + option.ArgStr + " takes a number above 0");
}

static void checkTime(const cl::opt<double> &option) {
  if (!(option >= 0) || !std::isfinite(option))
    usageError("--" + option.ArgStr +
               " takes a number of microseconds, 0 or "
               "more");
}

static void checkMachine(int64_t elementBytes) {
  checkCount(node, node);
  for (const cl::opt<double> *option : {&link, &network, &nodeNetwork, &rate})
    if (option->getNumOccurrences())
      checkRate(*option);
  if (std::isinf(rate))
    usageError("--rate takes a finite number");
  for (const cl::opt<double> *option : {&linkLatency, &networkLatency, &launch})
    checkTime(*option);
  if (!(copyShare >= 0) || copyShare >= 1)
    usageError("--copy-share takes a fraction, 0 or more and below 1");
  if (elementBytes > 2 && !rate.getNumOccurrences())
    usageError("--dtype=f32 needs --rate: the default is that of kernels in 16 "
               "bits");
}

Machine parseMachine(int64_t headDim, int64_t elementBytes) {
  checkMachine(elementBytes);
  constexpr double kGiga = 1e9, kTera = 1e12, kMicro = 1e-6;
  Machine made;
  made.node = node;
  made.link = link * kGiga;
  made.network = network * kGiga;
  made.nodeNetwork = nodeNetwork.getNumOccurrences()
                         ? nodeNetwork * kGiga
                         : made.network * double(node);
  made.linkLatency = linkLatency * kMicro;
  made.networkLatency = networkLatency * kMicro;
  double usual = headDim <= 64 ? 590 : 750;
  made.rate = (rate.getNumOccurrences() ? double(rate) : usual) * kTera;
  made.launch = launch * kMicro;
  made.copyShare = copyShare;
  return made;
}

} // namespace rdattn::sim
