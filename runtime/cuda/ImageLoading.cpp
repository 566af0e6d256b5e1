//===- ImageLoading.cpp - Gives code to the driver ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/ImageLoading.h"
#include "runtime/cuda/Driver.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// True where another image, or a newer driver, may do better.
static bool isDriversLimit(Result result) {
  return result == InvalidImage || result == NoBinaryForGPU ||
         result == JITCompilerNotFound || result == UnsupportedPTXVersion;
}

/// The PTX version that a text says it is written in, or "".
static std::string versionOfPTX(const rdattn_cuda_image &image) {
  std::string_view text(static_cast<const char *>(image.data), image.size);
  const std::string_view directive = ".version ";
  size_t begin = text.find(directive);
  if (begin == text.npos)
    return {};
  begin += directive.size();
  size_t end = text.find_first_not_of("0123456789.", begin);
  return std::string(text.substr(begin, end - begin));
}

/// The log in one line.
static std::string inOneLine(std::string log) {
  while (!log.empty() && std::strchr("\n \t", log.back()))
    log.pop_back();
  for (size_t at; (at = log.find('\n')) != log.npos;)
    log.replace(at, 1, "; ");
  return log;
}

static Failure loadingFailure(const Device &device,
                              const rdattn_cuda_image &image,
                              const char *kernel, Result result,
                              const char *log) {
  const std::string driver = device.driver.versionName();
  if (result == UnsupportedPTXVersion)
    return {RDATTN_UNSUPPORTED_DEVICE,
            sentence("the CUDA driver is too old: it is for CUDA ", driver,
                     " and does not know PTX ", versionOfPTX(image),
                     ", in which kernel '", kernel, "' is written for ",
                     image.target)};
  Failure failure = device.failure(
      result, sentence("load kernel '", kernel, "' for ", image.target));
  if (isDriversLimit(result)) {
    failure.status = RDATTN_UNSUPPORTED_DEVICE;
    failure.message += sentence("; the driver is for CUDA ", driver,
                                ", and a newer one may take it");
  }
  if (*log)
    failure.message += sentence(": ", inOneLine(log));
  return failure;
}

MaybeFailure rdattn::runtime::cuda::loadImage(Device &device,
                                              const rdattn_cuda_image &image,
                                              const char *kernel,
                                              ResourcePointer &module) {
  char log[4096] = {};
  int options[] = {ErrorLogBuffer, ErrorLogBufferSize};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log) - 1)};
  auto resource = std::make_unique<Resource>();
  resource->device = &device;
  Result result = device.api().moduleLoad(&resource->module, image.data, 2,
                                          options, values);
  if (result != Success)
    return loadingFailure(device, image, kernel, result, log);
  module.reset(resource.release());
  return std::nullopt;
}
