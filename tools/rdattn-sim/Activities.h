//===- Activities.h - What goes on at the same time -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The engine of the simulation: activities that take time, whose rates may
// change while they last, and a priority queue of when they end.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_ACTIVITIES_H
#define RDATTN_TOOLS_SIM_ACTIVITIES_H

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

namespace rdattn::sim {

class Activities {
public:
  struct End {
    double time;
    int64_t activity;
  };

  explicit Activities(int64_t count) : activities(count) {}

  /// From `now + delay` on `amount` is worked off, `rate` a second.
  /// \pre the activity is not running.
  void start(int64_t activity, double now, double delay, double amount,
             double rate);

  /// A running activity goes on at another rate.
  void changeRate(int64_t activity, double now, double rate);

  bool isRunning(int64_t activity) const {
    return activities[activity].isRunning;
  }

  /// Ends the activity whose end comes next; of several, the one of the lowest
  /// number. False where none runs.
  bool next(End &end);

private:
  struct Activity {
    double amount = 0; ///< left at `since`
    double rate = 0;
    double since = 0;
    uint32_t version = 0; ///< events of earlier ones are void
    bool isRunning = false;
  };
  struct Event {
    double time;
    int64_t activity;
    uint32_t version;

    bool operator<(const Event &other) const { // the queue's top is the largest
      return time != other.time ? time > other.time : activity > other.activity;
    }
  };

  void schedule(int64_t index);

  std::vector<Activity> activities;
  std::priority_queue<Event> events;
};

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_ACTIVITIES_H
