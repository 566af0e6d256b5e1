//===- Messages.cpp - What the ranks of a step send each other ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Messages.h"
#include "runtime/ring/Packing.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

std::optional<Memref4>
ring::rowsInPlace(const std::vector<planner::Transfer> &transfers,
                  const Memref4 &tensor) {
  if (transfers.size() != 1)
    return std::nullopt;
  const std::optional<planner::Progression> rows = transfers[0].rows.affine();
  if (!rows || (rows->count > 1 && rows->stride != 1))
    return std::nullopt;
  const int64_t heads = tensor.sizes[2], columns = tensor.sizes[3];
  const bool isDense = tensor.strides[1] == heads * columns &&
                       (heads == 1 || tensor.strides[2] == columns);
  if (transfers[0].kvHeads.size() != heads || !isDense)
    return std::nullopt;
  return Memref4{tensor.allocated,
                 tensor.aligned,
                 tensor.offset + rows->first * tensor.strides[1],
                 {tensor.sizes[0], rows->count * heads, 1, columns},
                 {tensor.strides[0], columns, columns, 1}};
}

std::vector<comm::Transfer> ring::messagesOf(int32_t peer, const Memref4 &k,
                                             const Memref4 &v, int64_t bytes) {
  std::vector<comm::Transfer> messages;
  messages.reserve(k.sizes[0] + v.sizes[0]);
  for (const Memref4 *rows : {&k, &v})
    for (int64_t batch = 0; batch < rows->sizes[0]; ++batch)
      messages.push_back(
          {peer,
           static_cast<char *>(rows->aligned) +
               (rows->offset + batch * rows->strides[0]) * bytes,
           static_cast<size_t>(rows->sizes[1] * rows->sizes[3] * bytes)});
  return messages;
}

std::vector<comm::Transfer>
ring::messagesOf(int32_t peer, const std::vector<planner::Transfer> &transfers,
                 int64_t rows, const Memref4 &k, const Memref4 &v,
                 int64_t bytes) {
  std::vector<comm::Transfer> messages;
  messages.reserve(k.sizes[0] + v.sizes[0]);
  for (const Memref4 &tensor : {k, v})
    for (int64_t batch = 0; batch < tensor.sizes[0]; ++batch)
      messages.push_back({peer, nullptr,
                          static_cast<size_t>(rows * tensor.sizes[3] * bytes),
                          [&transfers, tensor, bytes, batch](char *to) {
                            packBatch(transfers, tensor, bytes, batch, to);
                          }});
  return messages;
}
