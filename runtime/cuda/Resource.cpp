//===- Resource.cpp - What a device frees ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Resource.h"
#include "runtime/cuda/Device.h"

using namespace rdattn::runtime::cuda;

void Retire::operator()(Resource *resource) const noexcept {
  resource->device->retired.add(resource);
}

void RetiredResources::add(Resource *resource) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(resource->bytes, std::memory_order_relaxed);
  resource->next = first.load(std::memory_order_relaxed);
  while (!first.compare_exchange_weak(resource->next, resource,
                                      std::memory_order_release,
                                      std::memory_order_relaxed)) {
  }
}

Resource *RetiredResources::take() noexcept {
  Resource *all = first.exchange(nullptr, std::memory_order_acquire);
  for (Resource *resource = all; resource; resource = resource->next) {
    count.fetch_sub(1, std::memory_order_relaxed);
    bytes.fetch_sub(resource->bytes, std::memory_order_relaxed);
  }
  return all;
}
