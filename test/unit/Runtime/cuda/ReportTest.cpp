//===- ReportTest.cpp - How a launch ran ----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

using namespace rdattn::test;

namespace {
using Report = CudaTest;
} // namespace

TEST_F(Report, SaysWhichKernelRanAndWhere) {
  rdattn_cuda_report report;
  CudaArguments arguments;
  arguments.list.report = &report;
  const FakeLaunch &launched = launch(arguments);
  EXPECT_STREQ(report.device, "NVIDIA H100");
  EXPECT_EQ(report.kernel, launched.kernel);
  EXPECT_EQ(report.major, 9);
  EXPECT_EQ(report.minor, 0);
  EXPECT_EQ(report.multiprocessors, 4);
  EXPECT_EQ(report.clock_khz, 1980000);
  EXPECT_EQ(report.memory_bytes_per_second, 3352320000000);
  EXPECT_EQ(report.queries, 128);
  EXPECT_EQ(report.keys, 176);
  EXPECT_EQ(report.blocks, int32_t(launched.grid));
  EXPECT_EQ(report.threads, int32_t(launched.threads));
  EXPECT_EQ(report.blocks_per_multiprocessor, 1);
  EXPECT_EQ(report.registers, 168);
  EXPECT_EQ(report.local_bytes, 8);
  EXPECT_EQ(report.shared_bytes, int64_t(launched.shared) + 64);
}

TEST_F(Report, NobodyWaitsForOneThatIsNotWanted) {
  CudaArguments arguments;
  launch(arguments);
  EXPECT_EQ(driver.count("cuFuncGetAttribute"), 0);
}

TEST_F(Report, ADriverThatDoesNotAnswerIsAnError) {
  rdattn_cuda_report report;
  CudaArguments arguments;
  arguments.list.report = &report;
  driver.failures["cuFuncGetAttribute"] = 500;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot ask what kernel 'attention_map' takes on device 0: "
            "CUDA_ERROR_500 (as the test wants it)");
}
