//===- FakeModules.cpp - Modules and tensor maps of the fake driver -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

#include <cstring>

using namespace rdattn::test;

ENTRY(cuModuleLoadDataEx, const void **module, const void *image, unsigned,
      int *options, void **values) {
  Entry entry("cuModuleLoadDataEx");
  if (int result = entry.unsafe().result)
    return result;
  if (int result = entry.driver.imageResults[image]) {
    if (options[0] == 5 && options[1] == 6)
      std::strncpy(static_cast<char *>(values[0]), entry.driver.log.c_str(),
                   reinterpret_cast<size_t>(values[1]));
    return result;
  }
  entry.driver.images.push_back(image);
  *module = new const void *(image);
  entry.driver.modules.insert(*module);
  return 0;
}

ENTRY(cuModuleUnload, const void *module) {
  Entry entry("cuModuleUnload");
  entry.driver.modules.erase(module);
  delete static_cast<const void *const *>(module);
  return entry.unsafe().result;
}

ENTRY(cuModuleGetFunction, const void **function, const void *,
      const char *name) {
  Entry entry("cuModuleGetFunction");
  auto found = entry.driver.roles.find(name);
  if (found == entry.driver.roles.end())
    return NotFound;
  *function = &*found;
  return entry.inContext().result;
}

ENTRY(cuFuncGetAttribute, int *value, int attribute, const FakeFunction *) {
  Entry entry("cuFuncGetAttribute");
  *value = attribute == 1   ? 64   // static shared memory
           : attribute == 3 ? 8    // local memory
                            : 168; // registers
  return entry.inContext().result;
}

ENTRY(cuFuncSetAttribute, const FakeFunction *function, int attribute,
      int value) {
  Entry entry("cuFuncSetAttribute");
  if (attribute == 8)
    entry.driver.sharedOfKernels[function->first] = value;
  return entry.inContext().result;
}

ENTRY(cuOccupancyMaxActiveBlocksPerMultiprocessor, int *blocks,
      const FakeFunction *, int, size_t) {
  Entry entry("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  *blocks = entry.driver.blocksPerMultiprocessor;
  return entry.inContext().result;
}

/// What the real driver refuses of a tensor map.
static bool isMap(const void *map, const FakeMap &m) {
  if (reinterpret_cast<uintptr_t>(map) % 64 ||
      reinterpret_cast<uintptr_t>(m.base) % 16)
    return false;
  for (uint64_t size : m.sizes)
    if (size == 0 || size > uint64_t(1) << 32)
      return false;
  for (uint64_t stride : m.strides)
    if (stride == 0 || stride % 16 || stride >= uint64_t(1) << 40)
      return false;
  for (uint32_t rows : m.box)
    if (rows == 0 || rows > 256)
      return false;
  return m.box[0] * 2 <= 128;
}

ENTRY(cuTensorMapEncodeTiled, void *map, int type, uint32_t rank, void *base,
      const uint64_t *sizes, const uint64_t *strides, const uint32_t *box,
      const uint32_t *elementStrides, int interleave, int swizzle,
      int promotion, int fill) {
  Entry entry("cuTensorMapEncodeTiled");
  if (int result = entry.inContext().result)
    return result;
  FakeMap made = {type,
                  base,
                  {sizes, sizes + rank},
                  {strides, strides + rank - 1},
                  {box, box + rank}};
  for (uint32_t d = 0; d < rank; ++d)
    if (elementStrides[d] != 1)
      return InvalidValue;
  if (!isMap(map, made) || interleave != 0 || swizzle != 3 || promotion != 3 ||
      fill != 0)
    return InvalidValue;
  entry.driver.maps.push_back(std::move(made));
  uint64_t contents[16] = {entry.driver.maps.size() - 1};
  std::memcpy(map, contents, sizeof(contents));
  return 0;
}
