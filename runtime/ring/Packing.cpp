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
/// Copies what one transfer sends.
class Packer {
public:
  Packer(const planner::Transfer &transfer, const Memref4 &tensor,
         int64_t bytes, char *to)
      : transfer(transfer), tensor(tensor), bytes(bytes),
        heads(transfer.kvHeads.size()), columns(tensor.sizes[3]), to(to) {}

  /// Copies the rows of a batch, and returns where the next ones go.
  char *pack(int64_t batch) {
    const int64_t first = tensor.offset + batch * tensor.strides[0] +
                          transfer.kvHeads.begin * tensor.strides[2];
    for (const planner::Progression &part : transfer.rows.progressions())
      pack(first + part.first * tensor.strides[1],
           part.stride * tensor.strides[1], part.count);
    return to;
  }

private:
  void pack(int64_t element, int64_t stride, int64_t rows) {
    const bool denseHeads = heads == 1 || tensor.strides[2] == columns;
    if (denseHeads && stride == heads * columns) // rows are as dense already
      return copy(element, rows * heads * columns);
    for (int64_t row = 0; row < rows; ++row, element += stride)
      if (denseHeads)
        copy(element, heads * columns);
      else
        for (int64_t head = 0; head < heads; ++head)
          copy(element + head * tensor.strides[2], columns);
  }

  void copy(int64_t element, int64_t elements) {
    const char *from = static_cast<const char *>(tensor.aligned);
    const int64_t size = elements * bytes;
    std::memcpy(to, from + element * bytes, static_cast<size_t>(size));
    to += size;
  }

  const planner::Transfer &transfer;
  const Memref4 &tensor;
  const int64_t bytes, heads, columns;
  char *to;
};
} // namespace

char *ring::packBatch(const std::vector<planner::Transfer> &transfers,
                      const Memref4 &tensor, int64_t bytes, int64_t batch,
                      char *to) {
  for (const planner::Transfer &transfer : transfers)
    to = Packer(transfer, tensor, bytes, to).pack(batch);
  return to;
}

void ring::packRows(const std::vector<planner::Transfer> &transfers,
                    const Memref4 &tensor, int64_t bytes, char *to) {
  for (int64_t batch = 0; batch < tensor.sizes[0]; ++batch)
    to = packBatch(transfers, tensor, bytes, batch, to);
}
