//===- Packing.cpp - Rows that are sent, one after another ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Packing.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

namespace {
/// Copies rows of one head.
class Packer {
public:
  Packer(const Memref4 &tensor, int64_t bytes, char *to)
      : tensor(tensor), bytes(bytes), rowBytes(tensor.sizes[3] * bytes),
        to(to) {}

  void pack(int64_t batch, int64_t head, const planner::RowSequence &rows) {
    const int64_t first =
        tensor.offset + batch * tensor.strides[0] + head * tensor.strides[2];
    for (const planner::Progression &part : rows.progressions())
      pack(first + part.first * tensor.strides[1],
           part.stride * tensor.strides[1], part.count);
  }

private:
  void pack(int64_t element, int64_t stride, int64_t rows) {
    const char *from = static_cast<const char *>(tensor.aligned);
    if (stride == tensor.sizes[3]) // they are as dense already
      return copy(from + element * bytes, rows * rowBytes);
    for (int64_t row = 0; row < rows; ++row)
      copy(from + (element + row * stride) * bytes, rowBytes);
  }

  void copy(const char *from, int64_t size) {
    std::memcpy(to, from, static_cast<size_t>(size));
    to += size;
  }

  const Memref4 &tensor;
  const int64_t bytes, rowBytes;
  char *to;
};
} // namespace

void ring::packRows(const std::vector<planner::Transfer> &transfers,
                    const Memref4 &tensor, int64_t bytes, char *to) {
  Packer packer(tensor, bytes, to);
  for (int64_t batch = 0; batch < tensor.sizes[0]; ++batch)
    for (const planner::Transfer &transfer : transfers)
      for (int64_t head = transfer.kvHeads.begin; head < transfer.kvHeads.end;
           ++head)
        packer.pack(batch, head, transfer.rows);
}
