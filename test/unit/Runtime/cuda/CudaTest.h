//===- CudaTest.h - A function on a fake GPU --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_CUDA_CUDATEST_H
#define RDATTN_TEST_RUNTIME_CUDA_CUDATEST_H

#include "FakeDriver.h"
#include "test/unit/Runtime/FakeModule.h"

#include "lib/Planner/PlanSpec.h"
#include "gtest/gtest.h"

namespace rdattn::test {

/// A program as a module embeds it, with every kind of kernel, for D = 64
/// and Dv = 64, each field for a test to change.
struct FakeProgram {
  explicit FakeProgram(bool merges = false) { build(merges); }
  FakeProgram(const FakeProgram &) = delete;

  /// As new.
  void build(bool merges);

  std::vector<rdattn_cuda_kernel> kernels;
  std::vector<rdattn_cuda_image> images;
  rdattn_cuda_program program;

  /// The program, with the vectors as they are now.
  const rdattn_cuda_program &get();
};

/// The arguments of one call in a device's memory: bfloat16, D = Dv = 64.
struct CudaArguments : Arguments {
  explicit CudaArguments(int64_t batch = 2, int64_t tokens = 32,
                         int64_t heads = 4, int64_t kvHeads = 2,
                         int device = 0);

  /// Gives the tensor memory of the device with these strides.
  void place(Tensor &tensor, std::vector<int64_t> strides, int device = 0);
};

/// Descriptors of tables.
rdattn_table2 itemTable(const planner::WorkItem *items, int64_t count);
rdattn_table1 vectorTable(const int32_t *data, int64_t count);

/// Tables that are constants of the test's own code: two items of stride 1 and
/// two of stride 2, of 16 rows each.
extern const planner::WorkItem kItems[4];
extern const int32_t kPhases[2];

/// A function "fake" on device 0 of a fake driver that launches `program`.
struct CudaTest : testing::Test {
  CudaTest(); // before the members of a test, which ask for memory
  void TearDown() override;

  /// A plan of one segment of 32 tokens in `branches` branches; queries of 16.
  static rdattn_plan_spec *createSpec(int branches = 1, int64_t dilation = 1,
                                      bool isGathered = false);

  rdattn_status run(CudaArguments &arguments);
  /// Runs, which must succeed, and returns the last launch.
  const FakeLaunch &launch(CudaArguments &arguments);
  /// Runs, which must fail, and returns the message.
  std::string refusal(CudaArguments &arguments, rdattn_status status);

  FakeDriver &driver = fakeDriver();
  FakeProgram program;
  FakeModule fake{"qkvsirpol", RDATTN_BFLOAT16};
  rdattn_plan_spec *spec = nullptr; ///< of every call
  /// Of every call where `spec` is null.
  rdattn_table2 items = itemTable(kItems, 4);
  rdattn_table1 rows = vectorTable(nullptr, 0);
  rdattn_table1 phases = vectorTable(kPhases, 2);
  bool givesLse = true;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_CUDA_CUDATEST_H
