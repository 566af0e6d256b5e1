//===- CaptureTest.cpp - Launches captured in graphs ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

using namespace rdattn::test;

using Nodes = std::vector<std::string>;

namespace {
struct Capture : CudaTest {
  void SetUp() override {
    program.build(true);
    rdattn_plan_spec_destroy(spec);
    spec = createSpec(2);
    stream = driver.createStream();
    arguments.list.stream = stream;
  }
  /// Where launch `index` has this parameter.
  int64_t pointer(size_t index, char role) {
    return driver.launches[index].words[role][1];
  }

  FakeStream *stream;
  CudaArguments arguments;
};
} // namespace

TEST_F(Capture, RecordsTheLaunchesAlone) {
  FakeGraph *graph = driver.beginCapture(stream);
  launch(arguments); // the first call of all: it loads, plans and copies
  EXPECT_EQ(graph->nodes, (Nodes{"attention_map", "merge"}));
  EXPECT_EQ(driver.forbidden, 0);
  // What the memory holds at first was written, and waited for, elsewhere.
  ASSERT_EQ(driver.fills.size(), 3u);
  for (const FakeFill &fill : driver.fills)
    EXPECT_NE(fill.stream, stream);
  driver.endCapture(stream);
}

TEST_F(Capture, EachLaunchHasItsOwnWorkspace) {
  launch(arguments); // eager, on the same stream
  driver.beginCapture(stream);
  launch(arguments);
  launch(arguments);
  std::set<int64_t> counters, partials, sums;
  for (size_t i = 0; i < 6; i += 2) {
    counters.insert(pointer(i, 'c'));
    partials.insert(pointer(i, 'P'));
    sums.insert(pointer(i, 'S'));
  }
  EXPECT_EQ(counters.size(), 3u);
  EXPECT_EQ(partials.size(), 3u);
  EXPECT_EQ(sums.size(), 3u);
  // The plan is the same, and was copied by the eager call.
  EXPECT_EQ(pointer(0, 'i'), pointer(4, 'i'));
  driver.endCapture(stream);
  // Eager launches go on with theirs.
  launch(arguments);
  EXPECT_EQ(pointer(6, 'c'), pointer(0, 'c'));
}

TEST_F(Capture, KeepsWhatItUses) {
  driver.beginCapture(stream);
  launch(arguments);
  const int64_t items = pointer(0, 'i'), counter = pointer(0, 'c');
  // Neither the plan, nor the module, nor other launches take it away.
  rdattn_plan_spec_destroy(spec);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  spec = createSpec();
  launch(arguments);
  EXPECT_EQ(driver.allocations.count(items), 1u);
  EXPECT_EQ(driver.allocations.count(counter), 1u);
  EXPECT_EQ(driver.modules.size(), 2u);
  // With the graph they go, though not on the driver's thread.
  driver.failures["cuMemFree"] = 999;
  driver.endCapture(stream);
  EXPECT_EQ(driver.count("cuMemFree"), 0);
  EXPECT_EQ(driver.allocations.count(items), 1u);
  driver.failures.clear();
  rdattn_plan_spec_destroy(spec);
  spec = nullptr;
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  EXPECT_EQ(driver.allocations.count(items), 0u);
  EXPECT_EQ(driver.allocations.count(counter), 0u);
  EXPECT_TRUE(driver.modules.empty());
}

TEST_F(Capture, ManyGraphsDoNotPileUp) {
  for (int i = 0; i < 100; ++i) {
    driver.beginCapture(stream);
    launch(arguments);
    driver.endCapture(stream);
    launch(arguments);
  }
  EXPECT_LE(driver.liveAllocations(), 16u + 4u);
}

TEST_F(Capture, OfAnotherThreadForbidsNothing) {
  FakeStream *other = driver.createStream();
  driver.beginCapture(other);
  launch(arguments);
  EXPECT_EQ(driver.forbidden, 0);
  EXPECT_TRUE(other->capture->nodes.empty());
  driver.endCapture(other);
}

TEST_F(Capture, AGraphThatTakesNothingFailsTheCall) {
  driver.beginCapture(stream);
  driver.failures["cuGraphRetainUserObject"] = 999;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot give a workspace to the graph on device 0: CUDA_ERROR_999 "
            "(as the test wants it)");
  driver.failures.clear();
  driver.failures["cuUserObjectCreate"] = 999;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot create a graph's user object on device 0: CUDA_ERROR_999 "
            "(as the test wants it)");
  driver.failures.clear();
  EXPECT_TRUE(driver.launches.empty());
  launch(arguments);
  driver.endCapture(stream);
}

TEST_F(Capture, AStreamThatCannotBeQueriedFailsTheCall) {
  driver.failures["cuStreamGetCaptureInfo"] = 906;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot query the stream on device 0: CUDA_ERROR_906 (as the test "
            "wants it)");
}
