//===- FatModuleTest.cpp - What devices run of a compiled module ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A module that rdattn-translate made, on devices of every kind: the library of
// the fake driver has the name of the real one.

#include "FakeDriver.h"
#include "test/unit/Runtime/FakeModule.h"

#include "gtest/gtest.h"
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

using namespace rdattn::test;

namespace {
/// Compiles attention.mlir, and opens it.
rdattn_module *openModule(const std::string &options) {
  // Tests may run at the same time.
  const std::string path = testing::TempDir() + "rdattn-fat-module-" +
                           std::to_string(getpid()) + ".so";
  const std::string command = TRANSLATE " --rdattn-to-shared-library " SOURCE
                                        " --kernels=ptx " +
                              options + " -o " + path;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  rdattn_module *module = nullptr;
  EXPECT_EQ(rdattn_module_open(path.c_str(), &module), RDATTN_OK)
      << rdattn_last_error();
  std::remove(path.c_str());
  return module;
}

/// 1024 tokens in the memory of a device.
struct OnFakeDevice : Arguments {
  explicit OnFakeDevice(int device) : Arguments(1, 1024, 2, 2, 64, 64) {
    for (Tensor *tensor : {&q, &k, &v, &o}) {
      tensor->view.dtype = RDATTN_BFLOAT16;
      fakeDriver().adopt(tensor->memory.data(),
                         tensor->memory.size() * sizeof(float), device);
    }
    list.lse = nullptr;
    list.scale = nullptr;
    list.device = device;
  }
};

struct FatModule : testing::Test {
  static void SetUpTestSuite() {
    ASSERT_TRUE(dlopen(FAKE_LIBCUDA, RTLD_NOW)) << dlerror();
    fakeDriver().reset();
    fakeDriver().devices = {{"Hopper", 9, 0},       {"Ampere", 8, 0},
                            {"Ada", 8, 9},          {"Blackwell", 10, 0},
                            {"Workstation", 12, 0}, {"Turing", 7, 5}};
  }
  ~FatModule() override { rdattn_module_close(module); }

  rdattn_status run(int device) {
    OnFakeDevice arguments(device);
    return rdattn_run(rdattn_module_function(module, 0), &arguments.list);
  }
  /// The launch of a kernel that takes these parameters.
  const FakeLaunch &launch(int device, const char *kernel, const char *roles) {
    driver.roles = {{kernel, roles}};
    EXPECT_EQ(run(device), RDATTN_OK) << rdattn_last_error();
    EXPECT_FALSE(driver.launches.empty());
    return driver.launches.back();
  }
  /// The ".target" of the PTX that was loaded last.
  std::string loaded() const {
    const std::string text = static_cast<const char *>(driver.images.back());
    const size_t begin = text.find(".target ") + 8;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  /// Rows of the work table of a launch: 2 heads of 1024 queries.
  static int64_t items(const FakeLaunch &launch) {
    return launch.words.at('i')[3];
  }

  FakeDriver &driver = fakeDriver();
  rdattn_module *module = nullptr;
};
} // namespace

TEST_F(FatModule, EachDeviceRunsItsOwnCodeOnItsOwnTable) {
  module = openModule("--target=cuda");
  ASSERT_EQ(rdattn_module_size(module), 1u);
  for (int i = 0; i < 2; ++i) {
    const FakeLaunch &hopper = launch(0, "attention_map", "mqkvosirc");
    EXPECT_EQ(loaded(), "sm_90a");
    EXPECT_EQ(hopper.threads, 512u);
    EXPECT_EQ(items(hopper), 2 * 6); // of 192 queries
  }
  for (int device : {1, 2, 3, 4}) {
    const FakeLaunch &other = launch(device, "attention_rows", "qkvosirc");
    EXPECT_EQ(loaded(), "sm_80") << device;
    EXPECT_EQ(other.threads, 128u);
    EXPECT_EQ(items(other), 2 * 8); // of 128 queries
  }
  EXPECT_EQ(run(5), RDATTN_UNSUPPORTED_DEVICE);
  EXPECT_STREQ(rdattn_last_error(),
               "device 5 (Turing, compute capability 7.5) cannot run the "
               "module, which has code for sm_90a, sm_80; kernels need compute "
               "capability 8.0 or newer");
}

TEST_F(FatModule, AHopperRunsTheOtherCodeToo) {
  module = openModule("--target=cuda");
  setenv("RDATTN_CUDA_ARCHITECTURE", "sm_80", 1);
  EXPECT_EQ(launch(0, "attention_rows", "qkvosirc").threads, 128u);
  unsetenv("RDATTN_CUDA_ARCHITECTURE");
  EXPECT_EQ(loaded(), "sm_80");
}

TEST_F(FatModule, OfOneTargetThereIsNoChoice) {
  module = openModule("--target=cuda-sm80");
  EXPECT_EQ(launch(0, "attention_rows", "qkvosirc").threads, 128u);
  rdattn_module_close(module);
  module = openModule("--target=cuda-sm90a");
  EXPECT_EQ(run(1), RDATTN_UNSUPPORTED_DEVICE);
  EXPECT_STREQ(rdattn_last_error(),
               "device 1 (Ampere, compute capability 8.0) cannot run the "
               "module, which has code for compute_90a; compile it for this "
               "device");
}
