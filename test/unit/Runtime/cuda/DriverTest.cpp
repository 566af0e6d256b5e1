//===- DriverTest.cpp - Finding the driver and its devices ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Driver.h"

using namespace rdattn::test;
using rdattn::runtime::cuda::setDriverLibrary;

namespace {
struct Driver : CudaTest {
  /// The message of a call on a driver that cannot be used.
  std::string unsupported() {
    CudaArguments arguments;
    return refusal(arguments, RDATTN_UNSUPPORTED_DEVICE);
  }
  /// How many devices there are, or -1 after a failure.
  static int32_t devices() {
    int32_t count = -1;
    return rdattn_cuda_device_count(&count) == RDATTN_OK ? count : -1;
  }
};
} // namespace

TEST_F(Driver, IsMissing) {
  setDriverLibrary("libno-such-driver.so.1");
  EXPECT_EQ(devices(), 0);
  std::string message = unsupported();
  EXPECT_EQ(
      message.rfind("no CUDA driver was found: libno-such-driver.so.1", 0), 0u)
      << message;
  EXPECT_EQ(unsupported(), message); // and stays so
}

TEST_F(Driver, IsNone) {
  setDriverLibrary("libm.so.6");
  EXPECT_EQ(unsupported(),
            "'libm.so.6' is not a CUDA driver: it does not tell its version");
  EXPECT_EQ(devices(), -1);
}

TEST_F(Driver, IsTooOld) {
  driver.version = 11080;
  EXPECT_EQ(unsupported(), "the CUDA driver is too old: it is for CUDA 11.8, "
                           "but must be for CUDA 12.0 or newer");
  EXPECT_EQ(devices(), -1);
}

TEST_F(Driver, LacksAnEntryPoint) {
  setDriverLibrary(INCOMPLETE_DRIVER);
  EXPECT_EQ(unsupported(), "the CUDA driver for CUDA 12.4 lacks the entry "
                           "point cuLaunchKernel");
}

TEST_F(Driver, DoesNotStart) {
  driver.failures["cuInit"] = 803;
  EXPECT_EQ(unsupported(), "the CUDA driver does not start: CUDA_ERROR_803 (as "
                           "the test wants it)");
  EXPECT_EQ(devices(), -1);
}

TEST_F(Driver, FindsNoDevice) {
  driver.failures["cuInit"] = 100;
  EXPECT_EQ(devices(), 0);
  EXPECT_EQ(unsupported(), "the CUDA driver finds no device");
}

TEST_F(Driver, IsOpenedOnce) {
  CudaArguments arguments;
  launch(arguments);
  launch(arguments);
  EXPECT_EQ(devices(), 1);
  EXPECT_EQ(driver.count("cuInit"), 1);
  EXPECT_EQ(driver.count("cuDevicePrimaryCtxRetain"), 1);
}

TEST_F(Driver, OrdinalsAreChecked) {
  CudaArguments arguments;
  arguments.list.device = 1;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "device is 1, but must be 0, as there is one device");
  arguments.list.device = -1;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "device is -1, but must be 0, as there is one device");
  setDriverLibrary(FAKE_DRIVER);
  driver.devices.resize(3);
  arguments.list.device = 3;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "device is 3, but must be from 0 to 2");
}

TEST_F(Driver, DevicesThatDoNotOpenAreTriedAgain) {
  driver.failures["cuDevicePrimaryCtxRetain"] = 46;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot open the primary context on device 0: CUDA_ERROR_46 (as "
            "the test wants it)");
  driver.failures.clear();
  launch(arguments);
}

TEST_F(Driver, TheCallersContextStays) {
  driver.devices.resize(2);
  const FakeDevice *const theirs = &driver.devices[1];
  FakeDriver::current() = theirs;
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).context, &driver.devices[0]);
  EXPECT_EQ(FakeDriver::current(), theirs);
  // Where it is the device's own already, nothing is pushed.
  FakeDriver::current() = &driver.devices[0];
  int pushes = driver.count("cuCtxPushCurrent");
  launch(arguments);
  EXPECT_EQ(driver.count("cuCtxPushCurrent"), pushes);
  FakeDriver::current() = nullptr;
}

TEST_F(Driver, ACallThatMayNotRunAsksForNoDevice) {
  setDriverLibrary("libno-such-driver.so.1");
  CudaArguments empty(2, 0); // nothing to compute
  EXPECT_EQ(run(empty), RDATTN_OK);
  CudaArguments stopped;
  volatile int stop = 1;
  stopped.list.stop = &stop;
  EXPECT_EQ(run(stopped), RDATTN_INTERRUPTED);
}
