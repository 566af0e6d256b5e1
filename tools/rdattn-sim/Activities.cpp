//===- Activities.cpp - What goes on at the same time ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Activities.h"

#include <algorithm>

namespace rdattn::sim {

void Activities::schedule(int64_t index) {
  Activity &activity = activities[index];
  ++activity.version;
  events.push({activity.since + activity.amount / activity.rate, index,
               activity.version});
}

void Activities::start(int64_t index, double now, double delay, double amount,
                       double rate) {
  Activity &activity = activities[index];
  activity.amount = amount;
  activity.rate = rate;
  activity.since = now + delay;
  activity.isRunning = true;
  schedule(index);
}

void Activities::changeRate(int64_t index, double now, double rate) {
  Activity &activity = activities[index];
  if (activity.rate == rate)
    return;
  if (now > activity.since) {
    activity.amount =
        std::max(0.0, activity.amount - (now - activity.since) * activity.rate);
    activity.since = now;
  }
  activity.rate = rate;
  schedule(index);
}

bool Activities::next(End &end) {
  while (!events.empty()) {
    Event event = events.top();
    events.pop();
    Activity &activity = activities[event.activity];
    if (!activity.isRunning || activity.version != event.version)
      continue;
    activity.isRunning = false;
    end = {event.time, event.activity};
    return true;
  }
  return false;
}

} // namespace rdattn::sim
