//===- AlternativesTest.cpp - Which code a device runs --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Driver.h"

#include <cstdlib>

using namespace rdattn::test;

namespace {
/// What the code for sm_80 does.
Body *other = nullptr;
void runOther(void **arguments) { (*other)(arguments); }

/// "fake" has code for sm_90a, whose kernel is attention_map, and for sm_80,
/// whose kernel is plain.
struct Alternatives : CudaTest {
  Alternatives() {
    fake.data.function_count = 2;
    rdattn_function_data &second = fake.functions[1];
    second.name = "fake";
    second.target = RDATTN_CUDA;
    second.entry = runOther;
    fake.functions[0].architecture = "sm_90a";
    second.architecture = "sm_80";
    plain.kernels = {{"plain", "qkvsiro", RDATTN_KERNEL_ELEMENTS, 128, 99000}};
    plain.images = {{"sm_80", "cubin of sm_80", 15, nullptr},
                    {"compute_80", "text for sm_80", 15, nullptr}};
    driver.roles["plain"] = plain.kernels[0].roles;
    other = &launchPlain;
  }
  ~Alternatives() override { unsetenv("RDATTN_CUDA_ARCHITECTURE"); }

  void setDevice(int major, int minor) {
    driver.devices[0].name = "NVIDIA Fake";
    driver.devices[0].major = major;
    driver.devices[0].minor = minor;
    rdattn::runtime::cuda::setDriverLibrary(FAKE_DRIVER);
  }
  void want(const char *architecture) {
    setenv("RDATTN_CUDA_ARCHITECTURE", architecture, 1);
  }
  /// The target of the image that was loaded last.
  std::string loaded() {
    for (const FakeProgram *known : {&program, &plain})
      for (const rdattn_cuda_image &image : known->images)
        if (!driver.images.empty() && image.data == driver.images.back())
          return image.target;
    return "none";
  }
  /// What rdattn_cuda_target says, or the message of its failure.
  static std::string target() {
    const char *name = nullptr;
    return rdattn_cuda_target(0, &name) == RDATTN_OK ? name
                                                     : rdattn_last_error();
  }

  FakeProgram plain;
  Body launchPlain = [&](void **given) {
    rdattn_cuda_launch(
        rdattn_current_call(), &plain.get(), *static_cast<float *>(given[3]),
        given[0], given[1], given[2], static_cast<rdattn_table2 *>(given[4]),
        static_cast<rdattn_table1 *>(given[5]),
        static_cast<rdattn_table1 *>(given[6]), given[7], given[8]);
  };
};

struct Case {
  int major, minor;
  const char *kernel, *image, *target;
};
const Case kCases[] = {
    {9, 0, "attention_map", "sm_90a", "cuda-sm90a"},
    {8, 0, "plain", "sm_80", "cuda-sm80"},
    {8, 6, "plain", "sm_80", "cuda-sm80"},
    {8, 9, "plain", "sm_80", "cuda-sm80"},
    {10, 0, "plain", "compute_80", "cuda-sm80"},
    {12, 0, "plain", "compute_80", "cuda-sm80"},
};
} // namespace

TEST_F(Alternatives, TheBestForTheDeviceRuns) {
  for (const Case &c : kCases) {
    setDevice(c.major, c.minor);
    CudaArguments arguments;
    EXPECT_EQ(launch(arguments).kernel, c.kernel) << c.major << "." << c.minor;
    EXPECT_EQ(loaded(), c.image) << c.major << "." << c.minor;
    EXPECT_EQ(target(), c.target) << c.major << "." << c.minor;
    // The next driver knows nothing of what this one holds.
    rdattn_plan_spec_destroy(spec);
    rdattn_module_close(fake.module);
    fake.module = nullptr;
    spec = createSpec();
  }
}

TEST_F(Alternatives, AreOneFunction) {
  CudaArguments arguments;
  launch(arguments);
  EXPECT_EQ(rdattn_module_size(fake.module), 1u);
}

TEST_F(Alternatives, EachDeviceRunsItsOwn) {
  driver.devices.resize(2);
  driver.devices[1].major = 8;
  CudaArguments first, second(2, 32, 4, 2, 1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(launch(first).kernel, "attention_map");
    EXPECT_EQ(launch(second).kernel, "plain");
  }
  EXPECT_EQ(driver.count("cuModuleLoadDataEx"), 2);
}

TEST_F(Alternatives, NoneIsForAnOldDevice) {
  setDevice(7, 5);
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "device 0 (NVIDIA Fake, compute capability 7.5) cannot run the "
            "module, which has code for sm_90a, sm_80; kernels need compute "
            "capability 8.0 or newer");
  EXPECT_EQ(target(), "device 0 (NVIDIA Fake, compute capability 7.5) is too "
                      "old: kernels need compute capability 8.0 or newer");
}

TEST_F(Alternatives, TheEnvironmentCanAskForOne) {
  want("sm_80");
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "plain");
  EXPECT_EQ(loaded(), "compute_80"); // the driver compiles it for a Hopper GPU
  EXPECT_EQ(target(), "cuda-sm80");
}

TEST_F(Alternatives, AnEmptyWishIsNone) {
  want("");
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "attention_map");
}

TEST_F(Alternatives, TheWishMustBeKnown) {
  want("sm_70");
  const char *message = "the environment's RDATTN_CUDA_ARCHITECTURE is "
                        "'sm_70', but must be sm_90a or sm_80";
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT), message);
  EXPECT_EQ(target(), message);
}

TEST_F(Alternatives, TheDeviceMustRunWhatIsWanted) {
  setDevice(8, 0);
  want("sm_90a");
  const char *message =
      "device 0 (NVIDIA Fake, compute capability 8.0) runs no code for "
      "sm_90a, which the environment's RDATTN_CUDA_ARCHITECTURE asks for";
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE), message);
  EXPECT_EQ(target(), message);
}

TEST_F(Alternatives, OneThatTheDriverRefusesIsReplaced) {
  driver.imageResults[program.images[0].data] = 200;
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "plain");
  const int loads = driver.count("cuModuleLoadDataEx");
  EXPECT_EQ(launch(arguments).kernel, "plain");
  EXPECT_EQ(driver.count("cuModuleLoadDataEx"), loads);
}

TEST_F(Alternatives, OneThatIsTooLargeIsReplaced) {
  driver.devices[0].sharedLimit = 101376;
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "plain");
  EXPECT_EQ(driver.sharedOfKernels["plain"], 99000);
}

TEST_F(Alternatives, TheBestsRefusalIsTheMessage) {
  driver.imageResults[program.images[0].data] = 200;
  driver.imageResults[plain.images[1].data] = 222;
  CudaArguments arguments;
  for (int i = 0; i < 2; ++i) {
    std::string message = refusal(arguments, RDATTN_UNSUPPORTED_DEVICE);
    EXPECT_EQ(message.rfind("cannot load kernel 'attention_map' for sm_90a", 0),
              0u)
        << message;
  }
}

TEST_F(Alternatives, OtherFailuresAreNoReason) {
  driver.imageResults[program.images[0].data] = 218;
  CudaArguments arguments;
  std::string message = refusal(arguments, RDATTN_CUDA_ERROR);
  EXPECT_EQ(message.rfind("cannot load kernel 'attention_map'", 0), 0u)
      << message;
}

TEST_F(Alternatives, TargetNeedsAPlace) {
  EXPECT_EQ(rdattn_cuda_target(0, nullptr), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "target is NULL, but must point to where the name goes");
}

TEST_F(Alternatives, TargetNeedsADevice) {
  const char *name = "";
  EXPECT_EQ(rdattn_cuda_target(1, &name), RDATTN_INVALID_ARGUMENT);
  EXPECT_EQ(name, nullptr);
  EXPECT_STREQ(rdattn_last_error(),
               "device is 1, but must be 0, as there is one device");
  // No context was needed so far.
  EXPECT_EQ(target(), "cuda-sm90a");
  EXPECT_EQ(driver.count("cuDevicePrimaryCtxRetain"), 0);
}
