//===- Images.cpp - Which code a device can run ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Images.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

using namespace rdattn::runtime::cuda;

static const char *skipPrefix(const char *text, const char *prefix) {
  const size_t length = std::strlen(prefix);
  return std::strncmp(text, prefix, length) == 0 ? text + length : nullptr;
}

bool rdattn::runtime::cuda::parseTarget(const char *text, ImageTarget &target) {
  const char *number = skipPrefix(text, "sm_");
  target.isText = !number;
  if (!number)
    number = skipPrefix(text, "compute_");
  if (!number || !std::isdigit(static_cast<unsigned char>(*number)))
    return false;
  char *end = nullptr;
  const long capability = std::strtol(number, &end, 10);
  if (capability < 10 || capability > 999)
    return false;
  target.major = static_cast<int>(capability / 10);
  target.minor = static_cast<int>(capability % 10);
  target.suffix = *end;
  return *end == 0 || ((*end == 'a' || *end == 'f') && end[1] == 0);
}

int rdattn::runtime::cuda::suitability(const ImageTarget &target,
                                       const Device &device) {
  const int wanted = 10 * target.major + target.minor;
  const int present = 10 * device.major + device.minor;
  const bool isFamily = target.major == device.major;
  if (wanted > present || (target.suffix == 'a' && wanted != present) ||
      (target.suffix == 'f' && !isFamily))
    return 0;
  if (!target.isText) // runs on no other major capability
    return isFamily ? 3000 + wanted : 0;
  return (target.suffix == 'a'   ? 2000
          : target.suffix == 'f' ? 1000
                                 : 0) +
         wanted;
}

std::vector<const rdattn_cuda_image *>
rdattn::runtime::cuda::suitableImages(const rdattn_cuda_program &program,
                                      const char *kernel,
                                      const Device &device) {
  std::vector<std::pair<int, const rdattn_cuda_image *>> ranked;
  for (uint64_t i = 0; i < program.image_count; ++i) {
    const rdattn_cuda_image &image = program.images[i];
    if (image.kernel && std::strcmp(image.kernel, kernel) != 0)
      continue;
    ImageTarget target;
    parseTarget(image.target, target);
    if (int score = suitability(target, device))
      ranked.emplace_back(score, &image);
  }
  std::sort(ranked.begin(), ranked.end(), [](auto &a, auto &b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<const rdattn_cuda_image *> images;
  images.reserve(ranked.size());
  for (auto &[score, image] : ranked)
    images.push_back(image);
  return images;
}
