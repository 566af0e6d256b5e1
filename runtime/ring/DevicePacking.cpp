//===- DevicePacking.cpp - Rows that are sent, packed on a GPU ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/DevicePacking.h"
#include "runtime/cuda/Device.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

/// Of copies: CU_DEVICE_ATTRIBUTE_MAX_PITCH of every device.
static constexpr int64_t kLargestPitch = 2147483647;

namespace {
/// Copies rows of the heads of a transfer, token by token.
class DevicePacker {
public:
  DevicePacker(const cuda::Device &device, void *stream, const Memref4 &tensor,
               int64_t bytes, char *to)
      : device(device), stream(static_cast<cuda::StreamHandle>(stream)),
        tensor(tensor), bytes(bytes), headBytes(tensor.sizes[3] * bytes),
        to(to) {}

  void pack(int64_t batch, const planner::Transfer &transfer) {
    const int64_t heads = transfer.kvHeads.end - transfer.kvHeads.begin;
    const int64_t first = tensor.offset + batch * tensor.strides[0] +
                          transfer.kvHeads.begin * tensor.strides[2];
    for (const planner::Progression &part : transfer.rows.progressions()) {
      pack(first + part.first * tensor.strides[1],
           part.stride * tensor.strides[1], part.count, heads);
      to += part.count * heads * headBytes;
    }
  }

  cuda::Result result = cuda::Success; ///< of the first copy that failed

private:
  /// Rows whose heads are dense are copied whole.
  void pack(int64_t element, int64_t stride, int64_t rows, int64_t heads) {
    const bool areDense = heads == 1 || tensor.strides[2] == tensor.sizes[3];
    const int64_t step = areDense ? heads : 1;
    for (int64_t head = 0; head < heads; head += step)
      copy(element + head * tensor.strides[2], stride * bytes,
           to + head * headBytes, heads * headBytes, step * headBytes, rows);
  }

  /// Pieces that overlap, or go backwards, are no copy in two dimensions.
  void copy(int64_t element, int64_t fromPitch, char *target, int64_t toPitch,
            int64_t width, int64_t rows) {
    const char *from =
        static_cast<const char *>(tensor.aligned) + element * bytes;
    if (rows == 1 || (fromPitch >= width && fromPitch <= kLargestPitch))
      return enqueue(from, rows == 1 ? width : fromPitch, target, toPitch,
                     width, rows);
    for (int64_t row = 0; row < rows; ++row)
      enqueue(from + row * fromPitch, width, target + row * toPitch, toPitch,
              width, 1);
  }

  void enqueue(const char *from, int64_t fromPitch, char *target,
               int64_t toPitch, int64_t width, int64_t rows) {
    if (result != cuda::Success)
      return;
    cuda::Copy2D copy;
    copy.from.device = reinterpret_cast<cuda::Address>(from);
    copy.from.pitch = static_cast<size_t>(fromPitch);
    copy.to.device = reinterpret_cast<cuda::Address>(target);
    copy.to.pitch = static_cast<size_t>(toPitch);
    copy.width = static_cast<size_t>(width);
    copy.rows = static_cast<size_t>(rows);
    result = device.api().copy2D(&copy, stream);
  }

  const cuda::Device &device;
  const cuda::StreamHandle stream;
  const Memref4 &tensor;
  const int64_t bytes, headBytes;
  char *to;
};
} // namespace

MaybeFailure ring::packRows(const cuda::Device &device, void *stream,
                            const std::vector<planner::Transfer> &transfers,
                            const Memref4 &tensor, int64_t bytes, char *to) {
  DevicePacker packer(device, stream, tensor, bytes, to);
  for (int64_t batch = 0; batch < tensor.sizes[0]; ++batch)
    for (const planner::Transfer &transfer : transfers)
      packer.pack(batch, transfer);
  if (packer.result != cuda::Success)
    return device.failure(packer.result, "pack the rows of a step");
  return std::nullopt;
}
