//===- MpiHarmTest.cpp - Processes that die or never come back ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Error.h"
#include "runtime/comm/mpi/Library.h"
#include "runtime/comm/mpi/MpiCommunicator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace rdattn::runtime;
using testing::HasSubstr;
using testing::StartsWith;

/// True where a process has the token among its arguments.
static bool isLeft(const std::string &token) {
  std::error_code gone; // processes come and go
  for (const auto &entry : std::filesystem::directory_iterator("/proc", gone)) {
    std::ifstream file(entry.path() / "cmdline");
    std::string words(std::istreambuf_iterator<char>(file), {});
    if (words.find(token) != std::string::npos)
      return true;
  }
  return false;
}

namespace {
struct Ended {
  bool well;
  double seconds;
  std::string output;
};
} // namespace

namespace {
struct MpiHarm : testing::Test {
  void SetUp() override { // for the processes that the tests start
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); // OpenMPI leaks
  }
};
} // namespace

/// Three processes that rank `rank` harms in step `step`.
static Ended runProcesses(const std::string &harm, int rank, int step) {
  const std::string token = sentence("victim-of-", getpid(), "-", harm);
  // Quoted in two parts, so that the shell's own arguments have no token.
  const std::string command =
      sentence(MPI_RUN, " -n 3 ", VICTIM, " ", harm, " ", rank, " ", step,
               " 1 victim-of-''", getpid(), "-", harm, " 2>&1");
  const auto start = std::chrono::steady_clock::now();
  FILE *pipe = popen(command.c_str(), "r");
  std::string output;
  char line[1024];
  while (std::fgets(line, sizeof(line), pipe))
    output += line;
  const bool well = pclose(pipe) == 0;
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  for (int i = 0; i < 100 && isLeft(token); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(isLeft(token)) << output;
  return {well, taken.count(), output};
}

TEST_F(MpiHarm, ProcessesEndWellWithoutIt) {
  Ended ended = runProcesses("none", 0, 0);
  EXPECT_TRUE(ended.well) << ended.output;
  EXPECT_EQ(ended.output, "");
}

TEST_F(MpiHarm, AKilledProcessEndsAll) {
  for (int rank : {0, 1, 2})
    for (int step : {0, 2}) {
      Ended ended = runProcesses("kill", rank, step);
      EXPECT_FALSE(ended.well);
      EXPECT_THAT(ended.output, HasSubstr("the harm begins"));
      EXPECT_LT(ended.seconds, 30) << ended.output;
    }
}

TEST_F(MpiHarm, AProcessThatNeverComesBackEndsToo) {
  Ended ended = runProcesses("stall", 1, 2);
  EXPECT_FALSE(ended.well);
  EXPECT_LT(ended.seconds, 60) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("for rank 1, which did not come"));
}

TEST_F(MpiHarm, APluginThatIsMissingIsNamed) {
  std::unique_ptr<comm::Communicator> ring;
  MaybeFailure failure = createMpiRing("libno-such.so", nullptr, 1, ring);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, RDATTN_UNSUPPORTED_DEVICE);
  EXPECT_THAT(failure->message,
              StartsWith("there is no MPI plugin (libno-such.so: "));
  EXPECT_EQ(createMpiRing("libm.so.6", nullptr, 1, ring)->message,
            "'libm.so.6' is not rdattn's MPI plugin");
}
