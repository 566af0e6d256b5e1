//===- Alternatives.cpp - A function's code for several devices -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Alternatives.h"
#include "runtime/cuda/Architectures.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure Alternatives::choose(const Device &device, size_t first,
                                  size_t &index) const {
  std::vector<const char *> architectures;
  architectures.reserve(count);
  for (size_t i = 0; i < count; ++i)
    architectures.push_back(codes[i].architecture);
  return chooseArchitecture(device, architectures, first, index);
}

MaybeFailure Alternatives::find(const Device &device,
                                const rdattn_function_data *&code) {
  std::lock_guard<std::mutex> lock(mutex);
  for (const Choice &choice : choices)
    if (choice.device == &device) {
      code = &codes[choice.index];
      return std::nullopt;
    }
  size_t index = 0;
  if (MaybeFailure failure = choose(device, 0, index))
    return failure;
  if (index == count) {
    std::vector<std::string> names;
    names.reserve(count);
    for (size_t i = 0; i < count; ++i)
      names.emplace_back(codes[i].architecture);
    return unsupported(device, names);
  }
  choices.push_back({&device, index});
  code = &codes[index];
  return std::nullopt;
}

MaybeFailure Alternatives::replace(const Device &device,
                                   const rdattn_function_data &refused,
                                   const rdattn_function_data *&code) {
  std::lock_guard<std::mutex> lock(mutex);
  code = nullptr;
  for (auto choice = choices.begin(); choice != choices.end(); ++choice) {
    if (choice->device != &device)
      continue;
    if (&codes[choice->index] == &refused) // no other thread was here first
      if (MaybeFailure failure =
              choose(device, choice->index + 1, choice->index))
        return failure;
    if (choice->index < count)
      code = &codes[choice->index];
    else
      choices.erase(choice); // the next call begins with the best again
    return std::nullopt;
  }
  return std::nullopt;
}
