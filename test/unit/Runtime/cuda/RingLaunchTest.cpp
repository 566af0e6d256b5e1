//===- RingLaunchTest.cpp - The launches of a ring's steps ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "lib/Planner/RingItems.h"

using namespace rdattn::test;
using rdattn::planner::RingItem;

using Words = std::vector<int64_t>;

static constexpr int64_t kColumns = rdattn::planner::kRingItemColumns;

/// An item of 16 local rows and of so many keys that are `keyStride` apart.
static RingItem item(int32_t stride, int32_t keys, int32_t keyStride) {
  RingItem item = {};
  item.rows = 16;
  item.stride = stride;
  item.list = item.keyList = -1;
  item.keys = keys;
  item.keyStride = keyStride;
  item.low = -16;
  item.high = keys;
  item.queryPositions = item.keyPositions = -1;
  item.queryTokens = item.keyTokens = -1;
  return item;
}

template <typename Memref> static Words wordsOf(const Memref &memref) {
  auto *words = reinterpret_cast<const int64_t *>(&memref);
  return {words, words + sizeof(memref) / sizeof(int64_t)};
}

namespace {
/// A step of a ring with two phases, of three items and of one; a phase
/// between them is empty.
struct RingLaunch : CudaTest {
  RingLaunch() {
    rdattn_plan_spec_destroy(spec);
    spec = nullptr;
    givesLse = true;
    program.kernels = {
        {"map", "mqkvsircAXYol", RDATTN_KERNEL_MAP, 384, 1000},
        {"rows", "mqkvsircAXYol", RDATTN_KERNEL_ROWS, 384, 1000},
        {"elements", "qkvsircAXYol", RDATTN_KERNEL_ELEMENTS, 256, 1000}};
    program.program.epilogue = RDATTN_EPILOGUE_RING;
    finish.kernels = {{"finish", "AXYol", RDATTN_KERNEL_FINISH, 128, 0}};
    finish.program = program.program;
    finish.program.queries = finish.program.keys = 1;
    driver.roles["finish"] = "AXYol";
    driver.adopt(partial.data(), partial.size() * sizeof(float));
    char *data = reinterpret_cast<char *>(partial.data());
    po = {data, data, 0, {2, 32, 4, 64}, {8192, 256, 64, 1}};
    pm = {data, data, 0, {2, 4, 32}, {128, 32, 1}};
    ps = pm;
    ps.aligned = ps.allocated = data + 1024;
  }

  rdattn_status runStep() {
    if (!fake.module) {
      fake.roles = "qkvsol";
      fake.functions[0].roles = fake.roles.c_str();
      fake.functions[0].target = RDATTN_CUDA;
      EXPECT_EQ(fake.open(), RDATTN_OK) << rdattn_last_error();
    }
    for (const rdattn_cuda_kernel &kernel : program.kernels)
      driver.roles[kernel.name] = kernel.roles;
    body = [&](void **given) {
      auto *words = reinterpret_cast<int32_t *>(items.data());
      rdattn_table2 table = {
          words, words, 0, {int64_t(items.size()), kColumns}, {kColumns, 1}};
      rdattn_table1 lists = vectorTable(list.data(), list.size());
      rdattn_table1 ranges = vectorTable(phases.data(), phases.size());
      const void *lse = givesLse ? given[5] : nullptr;
      void *call = rdattn_current_call();
      rdattn_cuda_ring_launch(call, &program.get(),
                              *static_cast<float *>(given[3]), given[0],
                              given[1], given[2], &table, &lists, &ranges, &po,
                              &pm, &ps, given[4], lse, initial, room);
      if (finishes)
        rdattn_cuda_ring_finish(call, &finish.get(), &po, &pm, &ps, given[4],
                                lse);
    };
    return rdattn_run(fake.function(), &arguments.list);
  }
  void succeed() {
    driver.launches.clear();
    driver.fills.clear();
    ASSERT_EQ(runStep(), RDATTN_OK) << rdattn_last_error();
  }

  CudaArguments arguments{2, 32, 4, 2};
  std::vector<RingItem> items = {item(1, 32, 1), item(1, 32, 1), item(2, 16, 2),
                                 item(2, 8, 4)};
  std::vector<int32_t> list = {7, 8}, phases = {0, 3, 3, 4};
  std::vector<float> partial = std::vector<float>(2 * 32 * 4 * 64);
  Memref<4> po;
  Memref<3> pm, ps;
  FakeProgram finish;
  int64_t initial = 0, room = 0;
  bool finishes = false;
};
} // namespace

TEST_F(RingLaunch, EachPhaseThatHasItemsIsOne) {
  succeed();
  ASSERT_EQ(driver.launches.size(), 2u);
  EXPECT_EQ(driver.fills.size(), 1u); // the counter's
  const Words first = driver.launches[0].words['i'];
  const Words second = driver.launches[1].words['i'];
  EXPECT_EQ(first[2], 0); // the offset
  EXPECT_EQ((Words{first.begin() + 3, first.end()}),
            (Words{3, kColumns, kColumns, 1}));
  EXPECT_EQ((Words{second.begin() + 3, second.end()}),
            (Words{1, kColumns, kColumns, 1}));
  EXPECT_EQ(second[1], first[1] + 3 * kColumns * 4);
  EXPECT_EQ(second[0], second[1]);
  EXPECT_EQ(driver.launches[0].grid, 3u);
  EXPECT_EQ(driver.launches[1].grid, 1u);
}

TEST_F(RingLaunch, PassesWhatTheRolesSay) {
  succeed();
  FakeLaunch &launch = driver.launches.at(0);
  EXPECT_EQ(launch.words['A'], wordsOf(po));
  EXPECT_EQ(launch.words['X'], wordsOf(pm));
  EXPECT_EQ(launch.words['Y'], wordsOf(ps));
  EXPECT_EQ(launch.words['q'][1],
            reinterpret_cast<int64_t>(arguments.q.view.data));
  EXPECT_EQ(launch.words['o'][1],
            reinterpret_cast<int64_t>(arguments.o.view.data));
  EXPECT_EQ(launch.words['l'][1],
            reinterpret_cast<int64_t>(arguments.lse.view.data));
  EXPECT_EQ(launch.words['r'][3], 2);
}

TEST_F(RingLaunch, TheFirstStepClearsTheSums) {
  initial = 1;
  succeed();
  ASSERT_EQ(driver.fills.size(), 2u); // the counter, once per stream, and they
  const FakeFill &fill = driver.fills.back();
  EXPECT_EQ(fill.memory, reinterpret_cast<unsigned long long>(ps.aligned));
  EXPECT_EQ(fill.value, 0u);
  EXPECT_EQ(fill.count, 2u * 4 * 32);
  phases = {0, 0, 0, 0}; // also where it computes nothing
  items.clear();
  succeed();
  EXPECT_TRUE(driver.launches.empty());
  EXPECT_EQ(driver.fills.size(), 1u);
}

TEST_F(RingLaunch, AStepWithoutItemsCostsNothing) {
  phases = {0, 0, 0, 0};
  items.clear();
  const size_t allocations = driver.allocations.size();
  succeed();
  EXPECT_TRUE(driver.launches.empty());
  EXPECT_TRUE(driver.fills.empty());
  EXPECT_EQ(driver.allocations.size(), allocations);
}

TEST_F(RingLaunch, LeavesRoom) {
  driver.blocksPerMultiprocessor = 2;
  items.assign(100, item(1, 32, 1));
  phases = {0, 100};
  for (auto [left, grid] :
       {std::pair<int64_t, unsigned>{0, 8}, {1, 6}, {3, 2}, {4, 2}, {100, 2}}) {
    room = left;
    succeed();
    EXPECT_EQ(driver.launches.at(0).grid, grid) << left;
  }
}

TEST_F(RingLaunch, MapsHaveStridesOfQueriesAndOfKeys) {
  succeed();
  const rdattn_cuda_maps &first = driver.launches.at(0).maps;
  EXPECT_EQ(driver.launches[0].kernel, "map");
  EXPECT_EQ(first.strides[0], 1);
  EXPECT_EQ(first.strides[1], 2);
  EXPECT_EQ(first.key_strides[1], 2);
  const rdattn_cuda_maps &second = driver.launches.at(1).maps;
  EXPECT_EQ(second.strides[0], 2);
  EXPECT_EQ(second.strides[1], 0);
  EXPECT_EQ(second.key_strides[0], 4);
  EXPECT_EQ(second.key_limits[0], 32);
  const FakeMap &q = driver.maps.at(second.maps[0][0][0]);
  const FakeMap &k = driver.maps.at(second.maps[1][0][0]);
  EXPECT_EQ(q.sizes, (std::vector<uint64_t>{64, 16, 2, 4, 2}));
  EXPECT_EQ(k.sizes, (std::vector<uint64_t>{64, 8, 4, 2, 2}));
}

TEST_F(RingLaunch, TheKernelIsChosenForEachPhase) {
  const std::function<void(RingItem &)> spoils[] = {
      [](RingItem &i) { i.list = 0; },
      [](RingItem &i) { i.keyList = 0; },
      [](RingItem &i) { i.window = 3; },
      [](RingItem &i) { i.queryTokens = 0; },
      [](RingItem &i) { i.keyFirst = 30; }, // it ends past the keys
  };
  for (const auto &spoil : spoils) {
    items[3] = item(2, 8, 4);
    spoil(items[3]);
    succeed();
    EXPECT_EQ(driver.launches.at(0).kernel, "map");
    EXPECT_EQ(driver.launches.at(1).kernel, "rows");
  }
  po.aligned = static_cast<char *>(po.aligned) + 4;
  succeed();
  EXPECT_EQ(driver.launches.at(0).kernel, "elements");
}

TEST_F(RingLaunch, TheEndIsOneLaunch) {
  finishes = true;
  succeed();
  ASSERT_EQ(driver.launches.size(), 3u);
  FakeLaunch &last = driver.launches.back();
  EXPECT_EQ(last.kernel, "finish");
  EXPECT_EQ(last.grid, 4u); // the device's multiprocessors
  EXPECT_EQ(last.words['A'], wordsOf(po));
  EXPECT_EQ(last.words['Y'], wordsOf(ps));
  EXPECT_EQ(last.words['o'][1],
            reinterpret_cast<int64_t>(arguments.o.view.data));
}

TEST_F(RingLaunch, KernelsOfSomethingElseAreRefused) {
  program.program.epilogue = RDATTN_EPILOGUE_STORE;
  for (rdattn_cuda_kernel &kernel : program.kernels)
    kernel.roles = "qkvsircol";
  EXPECT_EQ(runStep(), RDATTN_BAD_MODULE);
  EXPECT_STREQ(rdattn_last_error(), "the module launches a step of a ring with "
                                    "kernels that were compiled for something "
                                    "else");
}

TEST_F(RingLaunch, LseIsNeededWhereItIsWritten) {
  givesLse = false;
  EXPECT_EQ(runStep(), RDATTN_BAD_MODULE);
  EXPECT_STREQ(rdattn_last_error(),
               "kernel 'map' writes lse, but the module gives it none");
}
