//===- ActivitiesTest.cpp - Activities whose rates change -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Activities.h"

#include "gtest/gtest.h"

#include <limits>

using namespace rdattn::sim;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

static void expectNext(Activities &activities, int64_t index, double time) {
  Activities::End end{};
  ASSERT_TRUE(activities.next(end));
  EXPECT_EQ(end.activity, index);
  EXPECT_EQ(end.time, time);
  EXPECT_FALSE(activities.isRunning(index));
}

TEST(Activities, EndInTheOrderOfTime) {
  Activities activities(4);
  activities.start(0, 1, 2, 12, 3); // 1 + 2 + 12 / 3
  activities.start(1, 0, 0, 5, 1);
  activities.start(2, 0, 0, 7, 1);
  activities.start(3, 0, 1, 8, kInfinity);
  expectNext(activities, 3, 1);
  expectNext(activities, 1, 5);
  expectNext(activities, 0, 7);
  expectNext(activities, 2, 7);
  Activities::End end{};
  EXPECT_FALSE(activities.next(end));
}

TEST(Activities, GoOnAtAnotherRate) {
  Activities activities(1);
  activities.start(0, 0, 0, 10, 1);
  activities.changeRate(0, 4, 0.5); // 6 left
  activities.changeRate(0, 8, 2);   // 4 left
  expectNext(activities, 0, 10);
}

TEST(Activities, DoNothingDuringTheirDelay) {
  Activities activities(1);
  activities.start(0, 0, 5, 10, 1);
  activities.changeRate(0, 3, 2);
  expectNext(activities, 0, 10);
}

TEST(Activities, CanBeStartedAgain) {
  Activities activities(1);
  activities.start(0, 0, 0, 1, 1);
  expectNext(activities, 0, 1);
  activities.start(0, 1, 0, 1, 1);
  activities.changeRate(0, 1.5, 0.25);
  expectNext(activities, 0, 3.5);
}
