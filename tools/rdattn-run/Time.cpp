//===- Time.cpp - Times runs ----------------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Time.h"

#include "tools/rdattn-run/Compiled.h"

#include <chrono>
#include <cmath>

using namespace llvm;

namespace rdattn::run {

static constexpr double kLongEnough = 0.02; // seconds
static constexpr int kMostLaunches = 1000;

/// Seconds of `launches` calls and the wait for them.
static Expected<double> timeBatch(const Call &call, int launches) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  for (int launch = 0; launch < launches; ++launch)
    if (Error error = toError(call.run()))
      return std::move(error);
  if (Error error = toError(call.wait()))
    return std::move(error);
  return std::chrono::duration<double>(Clock::now() - start).count();
}

static Expected<int> launchesOf(const Call &call) {
  if (!call.isOnDevice())
    return 1;
  Expected<double> one = timeBatch(call, 1);
  if (!one)
    return one.takeError();
  double launches = std::ceil(kLongEnough / std::max(*one, 1e-6));
  return static_cast<int>(std::min<double>(launches, kMostLaunches));
}

Expected<Timing> timeCall(const Call &call, int runs) {
  Expected<int> launches = launchesOf(call);
  if (!launches)
    return launches.takeError();
  std::vector<double> seconds;
  for (int run = 0; run < runs; ++run) {
    Expected<double> batch = timeBatch(call, *launches);
    if (!batch)
      return batch.takeError();
    seconds.push_back(*batch);
  }
  return summarize(std::move(seconds), *launches);
}

} // namespace rdattn::run
