//===- PlanUploadTest.cpp - Plans on devices ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Driver.h"

using namespace rdattn::test;
namespace planner = rdattn::planner;

namespace {
struct PlanUpload : CudaTest {
  /// Runs and returns how many plans were copied.
  uint64_t uploads(CudaArguments &arguments) {
    uint64_t before = rdattn_cuda_upload_count();
    launch(arguments);
    return rdattn_cuda_upload_count() - before;
  }
  void useTables() {
    rdattn_plan_spec_destroy(spec);
    spec = nullptr;
  }
  /// What the kernel of the last launch reads of its table.
  std::vector<int32_t> table(char role) {
    std::vector<int64_t> &words = driver.launches.back().words[role];
    auto *data = reinterpret_cast<int32_t *>(words[1]);
    int64_t count = words[3] * (role == 'i' ? words[4] : 1);
    return {data, data + count};
  }
};
} // namespace

TEST_F(PlanUpload, ARepeatedCallCopiesAndAllocatesNothing) {
  CudaArguments arguments, fresh;
  EXPECT_EQ(uploads(arguments), 1u);
  const std::map<std::string, int> before = driver.calls;
  EXPECT_EQ(uploads(arguments), 0u);
  EXPECT_EQ(uploads(fresh), 0u);
  for (const char *symbol :
       {"cuMemAlloc", "cuMemFree", "cuMemcpy", "cuMemcpyHtoDAsync",
        "cuMemsetD32Async", "cuStreamSynchronize", "cuModuleLoadDataEx",
        "cuThreadExchangeStreamCaptureMode"})
    EXPECT_EQ(driver.count(symbol),
              before.count(symbol) ? before.at(symbol) : 0)
        << symbol;
}

TEST_F(PlanUpload, ReachesTheKernel) {
  rdattn_plan_spec_destroy(spec);
  spec = createSpec(1, 2, true);
  CudaArguments arguments(1, 32, 1, 1);
  launch(arguments);
  std::vector<int32_t> items = table('i'), rows = table('r');
  ASSERT_EQ(items.size(), 18u); // two classes of 16 rows
  EXPECT_EQ(items[3], 16);
  EXPECT_EQ(items[9 + 3], 16);
  std::sort(rows.begin(), rows.end());
  EXPECT_FALSE(rows.empty());
  EXPECT_GE(rows.front(), 0);
  EXPECT_LT(rows.back(), 32);
}

TEST_F(PlanUpload, EachShapeHasItsOwn) {
  CudaArguments one(1, 32), other(1, 31);
  EXPECT_EQ(uploads(one), 1u);
  EXPECT_EQ(uploads(other), 1u);
  EXPECT_EQ(uploads(one), 0u);
}

TEST_F(PlanUpload, EachDeviceHasItsOwn) {
  driver.devices.resize(2);
  CudaArguments first, second(2, 32, 4, 2, 1);
  EXPECT_EQ(uploads(first), 1u);
  EXPECT_EQ(uploads(second), 1u);
  EXPECT_EQ(uploads(first), 0u);
  const auto memory = driver.launches[1].words['i'][1];
  EXPECT_EQ(driver.allocations.at(memory).device, 1);
}

TEST_F(PlanUpload, GoesWithThePlan) {
  // Sixteen further shapes push the first plan out, and wait to be freed.
  CudaArguments first(1, 1);
  launch(first);
  const auto memory = driver.launches.back().words['i'][1];
  for (int64_t tokens = 2; tokens <= 32; ++tokens) {
    CudaArguments arguments(1, tokens);
    launch(arguments);
    if (tokens == 17)
      EXPECT_EQ(driver.allocations.count(memory), 1u);
  }
  CudaArguments last(1, 32);
  launch(last);
  EXPECT_EQ(driver.allocations.count(memory), 0u);
  EXPECT_LE(driver.liveAllocations(), 16u + 16u + 1u);
  // The shape is planned and copied anew.
  EXPECT_EQ(uploads(first), 1u);
}

TEST_F(PlanUpload, GoesWithItsSpec) {
  // One spec's memory may be given to the next: its plans are not.
  CudaArguments arguments;
  for (int64_t dilation : {1, 2, 4, 8}) {
    rdattn_plan_spec_destroy(spec);
    spec = createSpec(1, dilation);
    EXPECT_EQ(uploads(arguments), 1u);
    EXPECT_EQ(table('i')[5], dilation);
  }
}

TEST_F(PlanUpload, ConstantsAreCopiedOnce) {
  useTables();
  CudaArguments arguments, fresh;
  EXPECT_EQ(uploads(arguments), 1u);
  EXPECT_EQ(uploads(fresh), 0u);
  auto *words = &kItems[0].batch;
  EXPECT_EQ(table('i'), std::vector<int32_t>(words, words + 36));
}

TEST_F(PlanUpload, ConstantsGoWithTheModule) {
  useTables();
  CudaArguments arguments;
  launch(arguments);
  EXPECT_GT(driver.liveAllocations(), 0u);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  EXPECT_EQ(driver.liveAllocations(), 0u);
  EXPECT_EQ(uploads(arguments), 1u);
}

TEST_F(PlanUpload, GoesWithTheModuleThatEmbedsItsSpec) {
  useTables();
  CudaArguments arguments;
  planner::PlanSpec embedded;
  embedded.options.queries = 16;
  embedded.branches.resize(1);
  embedded.branches[0].groups.resize(1);
  embedded.branches[0].groups[0].length = 32;
  const std::vector<int64_t> words = planner::serialize(embedded);
  launch(arguments);
  body = [&](void **given) {
    rdattn_table2 items;
    rdattn_table1 rows, phases;
    rdattn_plan(rdattn_current_call(), words.data(), words.size(), 2, 32, 4, 2,
                &items, &rows, &phases);
    rdattn_cuda_launch(rdattn_current_call(), &program.get(), 1, given[0],
                       given[1], given[2], &items, &rows, &phases, given[4],
                       given[5]);
  };
  uint64_t before = rdattn_cuda_upload_count();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
        << rdattn_last_error();
  EXPECT_EQ(rdattn_cuda_upload_count() - before, 1u);
  EXPECT_EQ(driver.launches.back().words['i'][3], 16);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  EXPECT_EQ(driver.liveAllocations(), 0u);
}

TEST_F(PlanUpload, ACallMayHoldTwoPlans) {
  CudaArguments arguments(1, 32, 1, 1);
  launch(arguments);
  planner::PlanSpec other;
  other.options.queries = 8;
  other.branches.resize(1);
  other.branches[0].groups.resize(1);
  other.branches[0].groups[0].length = 32;
  const std::vector<int64_t> words = planner::serialize(other);
  body = [&](void **given) {
    rdattn_table2 items;
    rdattn_table1 rows, phases;
    rdattn_plan(rdattn_current_call(), words.data(), words.size(), 1, 32, 1, 1,
                &items, &rows, &phases);
    rdattn_cuda_launch(rdattn_current_call(), &program.get(), 1, given[0],
                       given[1], given[2], &items, &rows, &phases, given[7],
                       given[8]);
  };
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
  EXPECT_EQ(driver.launches.back().words['i'][3], 4);
  EXPECT_EQ(table('i').size(), 36u);
}

TEST_F(PlanUpload, GoesWithItsSpecAfterTheModule) {
  CudaArguments arguments;
  launch(arguments);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  EXPECT_EQ(driver.liveAllocations(), 1u);
  rdattn_plan_spec_destroy(spec);
  spec = nullptr;
  EXPECT_EQ(driver.liveAllocations(), 0u);
}

TEST_F(PlanUpload, TablesThatMayChangeAreCopiedEachTime) {
  useTables();
  std::vector<planner::WorkItem> written(kItems, kItems + 4);
  items = itemTable(written.data(), 4);
  CudaArguments arguments;
  EXPECT_EQ(uploads(arguments), 1u);
  written[0].rows = 8;
  EXPECT_EQ(uploads(arguments), 1u);
  EXPECT_EQ(table('i')[3], 8);
}

TEST_F(PlanUpload, PartsOfTwoPlansAreNeithers) {
  // As where somebody edits the IR: rows of another plan.
  CudaArguments arguments;
  std::vector<int32_t> otherPhases = {0, 16};
  launch(arguments);
  body = [&](void **given) {
    auto own = *static_cast<rdattn_table1 *>(given[6]);
    own.aligned = otherPhases.data();
    rdattn_cuda_launch(
        rdattn_current_call(), &program.get(), 1, given[0], given[1], given[2],
        static_cast<rdattn_table2 *>(given[4]),
        static_cast<rdattn_table1 *>(given[5]), &own, given[7], given[8]);
  };
  uint64_t before = rdattn_cuda_upload_count();
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
  EXPECT_EQ(rdattn_cuda_upload_count() - before, 1u);
}

TEST_F(PlanUpload, TablesMustBeDense) {
  useTables();
  CudaArguments arguments;
  items.strides[0] = 18;
  EXPECT_EQ(refusal(arguments, RDATTN_BAD_MODULE),
            "the module's work table has 9 columns and strides 18 and 1, but "
            "must be dense with 9 columns");
  items = itemTable(kItems, 4);
  rows = {nullptr, nullptr, 0, {2}, {3}};
  EXPECT_EQ(refusal(arguments, RDATTN_BAD_MODULE),
            "the module's row lists have stride 3, but must be dense");
  rows = vectorTable(nullptr, 0);
  phases.sizes[0] = 1;
  EXPECT_EQ(refusal(arguments, RDATTN_BAD_MODULE),
            "the module's phases are 1, but must be one more than its "
            "branches");
}

TEST_F(PlanUpload, MemoryMayRunOut) {
  driver.memoryLeft = 100;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_OUT_OF_MEMORY),
            "device 0 has no 768 bytes of memory left for a plan");
  driver.memoryLeft = 1 << 20;
  launch(arguments);
}

TEST_F(PlanUpload, WhatIsNotNeededIsFreedWhereMemoryRunsOut) {
  CudaArguments first(1, 32), second(1, 31);
  launch(first);
  rdattn_plan_spec_destroy(spec); // its plan waits to be freed
  spec = createSpec();
  driver.memoryLeft = 0;
  launch(second);
}

TEST_F(PlanUpload, ACopyThatFailsIsTriedAgain) {
  driver.failures["cuMemcpyHtoDAsync"] = 999;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot copy a plan on device 0: CUDA_ERROR_999 (as the test wants "
            "it)");
  driver.failures.clear();
  EXPECT_EQ(uploads(arguments), 1u);
}
