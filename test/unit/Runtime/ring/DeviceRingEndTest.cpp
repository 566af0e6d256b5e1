//===- DeviceRingEndTest.cpp - The first and the last work of a call ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums are cleared, and the results finished, where the steps leave rows out.
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "lib/Planner/RingItems.h"
#include "runtime/cuda/Driver.h"
#include "test/unit/Runtime/cuda/FakeDriver.h"
#include "gtest/gtest.h"

#include <cstring>

using namespace rdattn::test;
using namespace rdattn::planner;

namespace {

/// A ring of one fake GPU that runs the step of its own keys, then the end.
struct DeviceRingEnd : testing::Test {
  DeviceRingEnd() {
    driver.reset();
    rdattn::runtime::cuda::setDriverLibrary(FAKE_DRIVER);
    driver.roles = {{"elements", attention.roles}, {"finish", end.roles}};
    module.functions[0].target = RDATTN_CUDA;
    EXPECT_EQ(module.open(), RDATTN_OK) << rdattn_last_error();
  }
  void TearDown() override {
    rdattn_module_close(module.module);
    module.module = nullptr;
    EXPECT_EQ(driver.liveAllocations(), 0u);
  }

  /// What one call does besides the steps.
  struct Extra {
    int64_t cleared = 0; ///< sums
    int64_t finishes = 0;
  };

  Extra call(const std::vector<Branch> &branches, bool copiesTables = false) {
    Random random{1};
    RingCase c;
    for (const Branch &branch : branches)
      c.branches.push_back(expandBranch(branch));
    c.sizes = {2, 32, 4, 2};
    c.ring = {1, Layout::Contiguous};
    RingRun run(random, c, 4, 4);
    for (const rdattn_tensor *tensor :
         {run.arguments[0].q, run.arguments[0].k, run.arguments[0].v,
          run.arguments[0].o, run.arguments[0].lse})
      driver.adopt(tensor->data, size_t(1) << 12);
    rdattn_ring *ring = nullptr;
    const int32_t device = 0;
    EXPECT_EQ(rdattn_ring_threads_create_on(1, &device, 60, &ring), RDATTN_OK);
    run.arguments[0].stream = driver.createStream();
    Spec spec(run.spec(4));
    driver.launches.clear();
    driver.fills.clear();
    body = [&](void **given) { runSteps(given, copiesTables); };
    RingRun::Ending ending =
        run.callAs(0, module.function(), ring, spec.handle);
    EXPECT_EQ(ending.status, RDATTN_OK) << ending.message;
    rdattn_ring_destroy(ring);
    return extra();
  }

  void runSteps(void **given, bool copiesTables) {
    auto *schedule = static_cast<rdattn_schedule *>(given[4]);
    Memref<4> po;
    Memref<3> pm, ps;
    rdattn_ring_partial(schedule, &po, &pm, &ps);
    rdattn_table2 items;
    rdattn_table1 lists, phases;
    rdattn_ring_table(schedule, 0, &items, &lists, &phases);
    std::vector<RingItem> copy(items.sizes[0]);
    if (copiesTables) { // of a module, as far as the runtime can tell
      std::memcpy(copy.data(), items.aligned, copy.size() * sizeof(RingItem));
      if (edit)
        edit(copy);
      items.allocated = items.aligned =
          reinterpret_cast<int32_t *>(copy.data());
    }
    void *call = rdattn_current_call();
    rdattn_cuda_ring_launch(call, &program, 1, given[0], given[1], given[2],
                            &items, &lists, &phases, &po, &pm, &ps, given[5],
                            given[6], /*initial=*/1, /*room=*/0);
    rdattn_cuda_ring_finish(call, &finish, &po, &pm, &ps, given[5], given[6]);
    sums = reinterpret_cast<unsigned long long>(ps.aligned);
  }

  Extra extra() const {
    Extra found;
    for (const FakeFill &fill : driver.fills)
      found.cleared += fill.memory == sums ? int64_t(fill.count) : 0;
    for (const FakeLaunch &launch : driver.launches)
      found.finishes += launch.kernel == "finish";
    return found;
  }

  static constexpr int64_t kRows = 2 * 32 * 4;
  FakeDriver &driver = fakeDriver();
  FakeModule module{"qkvsdol"};
  rdattn_cuda_kernel attention = {"elements", "qkvsirAXYol",
                                  RDATTN_KERNEL_ELEMENTS, 128, 0};
  rdattn_cuda_kernel end = {"finish", "AXYol", RDATTN_KERNEL_FINISH, 128, 0};
  rdattn_cuda_image image = {"sm_90a", &attention, 1, nullptr};
  rdattn_cuda_program program = {
      RDATTN_FLOAT32, 4, 4, RDATTN_EPILOGUE_RING, 1, &image, 1,
      &attention,     4, 4};
  rdattn_cuda_program finish = {
      RDATTN_FLOAT32, 4, 4, RDATTN_EPILOGUE_RING, 1, &image, 1, &end, 1, 1};
  std::function<void(std::vector<RingItem> &)> edit;
  unsigned long long sums = 0;
};

Branch branchOf(std::vector<Segment> segments, bool perHead = false) {
  Branch branch;
  branch.segments = std::move(segments);
  branch.perHead = perHead;
  return branch;
}

/// Every row is written by its last item, and its sum by the first.
TEST_F(DeviceRingEnd, IsNothingWhereStepsWriteAllRows) {
  const std::vector<std::vector<Branch>> patterns = {
      {branchOf({{32}})},
      {branchOf({{8}, {24, 4}})},
      {branchOf({{32}}), branchOf({{32}})}};
  for (const std::vector<Branch> &branches : patterns) {
    const Extra found = call(branches);
    EXPECT_EQ(found.cleared, 0);
    EXPECT_EQ(found.finishes, 0);
  }
}

/// Heads that have no class at a row: nothing else gives it o = 0 (S5).
TEST_F(DeviceRingEnd, IsThereForRowsThatNoStepHas) {
  const Extra found = call({branchOf({{32, 4}}, true)});
  EXPECT_EQ(found.cleared, kRows);
  EXPECT_EQ(found.finishes, 1);
}

/// An item of two rows that others begin and finish, and of two that they do
/// not, neither reads nothing nor writes results.
TEST_F(DeviceRingEnd, IsThereForTilesOfBothKinds) {
  const Branch half = branchOf({{8, 2}, {24}}, true);
  for (bool isFirst : {false, true}) {
    std::vector<Branch> branches = {branchOf({{32}}), half};
    if (isFirst)
      std::swap(branches[0], branches[1]);
    const Extra found = call(branches);
    EXPECT_EQ(found.cleared, isFirst ? kRows : 0);
    EXPECT_EQ(found.finishes, isFirst ? 0 : 1);
  }
}

/// What runs is what the table says.
TEST_F(DeviceRingEnd, CountsWhatTheTablesOfAModuleWrite) {
  Extra found = call({branchOf({{32}})}, true);
  EXPECT_EQ(found.cleared, kRows); // the other steps are not known yet
  EXPECT_EQ(found.finishes, 0);
  edit = [](std::vector<RingItem> &items) { items[5].last = 0; };
  found = call({branchOf({{32}})}, true);
  EXPECT_EQ(found.cleared, kRows);
  EXPECT_EQ(found.finishes, 1);
}

} // namespace
