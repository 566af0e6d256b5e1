//===- ImagesTest.cpp - Which code a device runs --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Driver.h"
#include "runtime/cuda/Images.h"

#include <cstring>

using namespace rdattn::test;
namespace cuda = rdattn::runtime::cuda;

namespace {
struct Images : CudaTest {
  void setDevice(int major, int minor) {
    driver.devices[0].name = "NVIDIA Fake";
    driver.devices[0].major = major;
    driver.devices[0].minor = minor;
  }
  /// The target of the image that was loaded last.
  std::string loaded() {
    for (const rdattn_cuda_image &image : program.images)
      if (!driver.images.empty() && image.data == driver.images.back())
        return image.target;
    return "none";
  }
};
} // namespace

TEST_F(Images, TargetsAreParsed) {
  auto parse = [](const char *text) {
    cuda::ImageTarget t;
    return cuda::parseTarget(text, t)
               ? (t.isText ? "text " : "code ") + std::to_string(t.major) +
                     "." + std::to_string(t.minor) + (t.suffix ? t.suffix : '-')
               : "none";
  };
  EXPECT_EQ(parse("sm_90a"), "code 9.0a");
  EXPECT_EQ(parse("sm_80"), "code 8.0-");
  EXPECT_EQ(parse("compute_80"), "text 8.0-");
  EXPECT_EQ(parse("compute_100f"), "text 10.0f");
  for (const char *text : {"", "90a", "sm_", "sm_9", "sm_90b", "sm_90aa",
                           "compute_", "sm_90 ", "sm_-90", "gfx90a"})
    EXPECT_EQ(parse(text), "none") << text;
}

TEST_F(Images, TheClosestIsLoaded) {
  program.images = {
      {"compute_80", "1", 2, nullptr},  {"sm_80", "2", 2, nullptr},
      {"sm_90a", "3", 2, nullptr},      {"compute_75", "4", 2, nullptr},
      {"compute_90a", "5", 2, nullptr}, {"compute_100f", "6", 2, nullptr}};
  struct Case {
    int major, minor;
    const char *target;
  };
  const Case cases[] = {{9, 0, "sm_90a"},        {8, 0, "sm_80"},
                        {8, 6, "sm_80"},         {8, 9, "sm_80"},
                        {7, 5, "compute_75"},    {12, 0, "compute_80"},
                        {10, 0, "compute_100f"}, {10, 3, "compute_100f"}};
  for (const Case &c : cases) {
    cuda::setDriverLibrary(FAKE_DRIVER);
    setDevice(c.major, c.minor);
    CudaArguments arguments;
    launch(arguments);
    EXPECT_EQ(loaded(), c.target) << c.major << "." << c.minor;
    // The next driver knows nothing of what this one holds.
    rdattn_plan_spec_destroy(spec);
    rdattn_module_close(fake.module);
    fake.module = nullptr;
    spec = createSpec();
  }
}

TEST_F(Images, NothingServes) {
  setDevice(8, 0);
  program.images.push_back({"compute_90a", "5", 2, nullptr});
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "device 0 (NVIDIA Fake, compute capability 8.0) cannot run the "
            "module, which has code for sm_90a, compute_90a; compile it for "
            "this device");
  program.images.clear();
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "device 0 (NVIDIA Fake, compute capability 8.0) cannot run the "
            "module, which has code for no device; compile it for this device");
}

TEST_F(Images, AnOldDeviceIsTooOld) {
  setDevice(7, 5);
  program.images = {{"sm_80", "1", 2, nullptr},
                    {"compute_80", "2", 2, nullptr}};
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "device 0 (NVIDIA Fake, compute capability 7.5) cannot run the "
            "module, which has code for sm_80, compute_80; kernels need "
            "compute capability 8.0 or newer");
}

TEST_F(Images, ABlockMustFitSharedMemory) {
  driver.devices[0].sharedLimit = 101376;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "device 0 (NVIDIA H100, compute capability 9.0) has 101376 bytes "
            "of shared memory for a block, but the module's kernels need "
            "197632");
}

TEST_F(Images, WhatTheDriverRefusesIsReplaced) {
  program.images = {{"sm_90a", "new cubin", 10, nullptr},
                    {"compute_80", "text", 5, nullptr}};
  driver.imageResults[program.images[0].data] = 200;
  CudaArguments arguments;
  launch(arguments);
  EXPECT_EQ(loaded(), "compute_80");
}

TEST_F(Images, ARefusalNamesTheDriver) {
  driver.imageResults[program.images[0].data] = 209;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "cannot load kernel 'attention_map' for sm_90a on device 0: "
            "CUDA_ERROR_209 (as the test wants it); the driver is for CUDA "
            "12.4, and a newer one may take it");
}

TEST_F(Images, TextOfANewerVersionNamesIt) {
  const char *text = "//\n.version 9.1\n.target sm_90a\n";
  program.images = {{"compute_90a", text, std::strlen(text) + 1, nullptr}};
  driver.imageResults[text] = 222;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "the CUDA driver is too old: it is for CUDA 12.4 and does not know "
            "PTX 9.1, in which kernel 'attention_map' is written for "
            "compute_90a");
}

TEST_F(Images, TheCompilersLogIsInTheMessage) {
  program.images = {{"compute_80", "bad", 4, nullptr},
                    {"compute_75", "good", 5, nullptr}};
  driver.imageResults[program.images[0].data] = 218;
  driver.log = "ptxas fatal : line 3\nptxas fatal : no such opcode\n";
  CudaArguments arguments;
  // Code that is wrong is no reason to take other code.
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot load kernel 'attention_map' for compute_80 on device 0: "
            "CUDA_ERROR_218 (as the test wants it): ptxas fatal : line 3; "
            "ptxas fatal : no such opcode");
}

TEST_F(Images, AKernelMustBeThere) {
  driver.failures["cuModuleGetFunction"] = 500;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot find kernel 'attention_map' on device 0: CUDA_ERROR_500 "
            "(as the test wants it)");
}

TEST_F(Images, ABlockMustFit) {
  driver.blocksPerMultiprocessor = 0;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_UNSUPPORTED_DEVICE),
            "a block of kernel 'attention_map' with 384 threads and 197632 "
            "bytes of shared memory does not fit device 0 (NVIDIA H100)");
}

TEST_F(Images, OfAKernelAreLoadedWithIt) {
  program.images = {{"sm_90a", "of rows", 7, "attention_rows"},
                    {"sm_90a", "of map", 6, "attention_map"},
                    {"compute_80", "of all", 6, nullptr},
                    {"sm_90a", "of elements", 11, "attention_elements"}};
  CudaArguments maps, rows;
  rows.k.strides[2] = 0;
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(launch(maps).kernel, "attention_map");
  ASSERT_EQ(driver.images.size(), 1u);
  EXPECT_EQ(driver.images[0], program.images[1].data);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(launch(rows).kernel, "attention_rows");
  ASSERT_EQ(driver.images.size(), 2u);
  EXPECT_EQ(driver.images[1], program.images[0].data);
}

TEST_F(Images, OfAllKernelsAreLoadedOnce) {
  CudaArguments maps, rows;
  rows.k.strides[2] = 0;
  EXPECT_EQ(launch(maps).kernel, "attention_map");
  EXPECT_EQ(launch(rows).kernel, "attention_rows");
  EXPECT_EQ(driver.images.size(), 1u);
}

TEST_F(Images, AKernelNeedsOne) {
  program.images[0].kernel = "attention_map";
  CudaArguments maps, rows;
  launch(maps);
  rows.k.strides[2] = 0;
  EXPECT_EQ(refusal(rows, RDATTN_BAD_MODULE),
            "the module has no code of kernel 'attention_rows' for device 0 "
            "(NVIDIA H100)");
}

TEST_F(Images, AProgramIsLoadedOncePerDevice) {
  driver.devices.resize(2);
  CudaArguments first, second(2, 32, 4, 2, 1);
  for (CudaArguments *arguments : {&first, &first, &second, &second})
    launch(*arguments);
  EXPECT_EQ(driver.count("cuModuleLoadDataEx"), 2);
  EXPECT_EQ(driver.launches.back().context, &driver.devices[1]);
}
