//===- TensorMemory.cpp - Where a tensor's elements lie -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace rdattn::runtime;

namespace {
/// Bytes [begin, end); wide enough for what checkMemory lets through.
using Wide = __int128;
struct Range {
  Wide begin, end;
  bool meets(const Range &other) const {
    return begin < other.end && other.begin < end;
  }
};

/// The dimensions that move, longest stride first.
using Dimensions = std::vector<int>;
} // namespace

static Wide magnitude(Wide value) { return value < 0 ? -value : value; }

/// The bytes of the elements whose index is 0 in every dimension that is not
/// in [first, last). \pre not empty.
static Range rangeOf(const Argument &argument, const int *first,
                     const int *last) {
  const Wide bytes = bytesOf(argument.tensor->dtype);
  Wide begin = reinterpret_cast<uintptr_t>(argument.tensor->data);
  Range range{begin, begin + bytes};
  for (; first != last; ++first) {
    Wide reach =
        Wide(argument.size(*first) - 1) * argument.stride(*first) * bytes;
    (reach < 0 ? range.begin : range.end) += reach;
  }
  return range;
}

static Dimensions movingDimensions(const Argument &argument) {
  Dimensions dimensions;
  for (int d = 0; d < argument.tensor->rank; ++d)
    if (argument.size(d) > 1)
      dimensions.push_back(d);
  std::sort(dimensions.begin(), dimensions.end(), [&](int a, int b) {
    return magnitude(argument.stride(a)) > magnitude(argument.stride(b));
  });
  return dimensions;
}

MaybeFailure rdattn::runtime::checkMemory(const Argument &argument) {
  if (argument.isEmpty())
    return std::nullopt;
  const void *data = argument.tensor->data;
  const int64_t bytes = bytesOf(argument.tensor->dtype);
  if (!data)
    return invalid(argument.name,
                   ": its data is NULL, but the tensor is not empty");
  if (reinterpret_cast<uintptr_t>(data) % bytes != 0)
    return invalid(argument.name, ": its data is not aligned to its elements' ",
                   bytes, " bytes");
  Dimensions all = movingDimensions(argument);
  bool fits = true;
  for (int d : all) // first alone, so that the sum cannot overflow
    fits &= magnitude(Wide(argument.size(d) - 1) * argument.stride(d)) <=
            Wide(INT64_MAX);
  if (fits) {
    Range range = rangeOf(argument, all.data(), all.data() + all.size());
    fits = range.begin >= 0 && range.end <= Wide(INT64_MAX);
  }
  if (!fits)
    return invalid(argument.name,
                   ": its sizes and strides reach outside the address space");
  return std::nullopt;
}

MaybeFailure rdattn::runtime::checkOutput(const Argument &output) {
  if (output.isEmpty())
    return std::nullopt;
  // Each dimension must step over all that the shorter ones cover.
  Dimensions dimensions = movingDimensions(output);
  const int *last = dimensions.data() + dimensions.size();
  const Wide bytes = bytesOf(output.tensor->dtype);
  for (const int *d = dimensions.data(); d != last; ++d) {
    Range inner = rangeOf(output, d + 1, last);
    if (magnitude(output.stride(*d)) * bytes < inner.end - inner.begin)
      return invalid(output.name, ": dimension ", *d, " has stride ",
                     output.stride(*d),
                     ", so that elements share memory, but an output's "
                     "elements must be apart");
  }
  return std::nullopt;
}

/// Equal strides wherever both tensors move.
static bool sameStride(const Argument &a, const Argument &b, int dimension) {
  return b.size(dimension) <= 1 ||
         Wide(a.stride(dimension)) * bytesOf(a.tensor->dtype) ==
             Wide(b.stride(dimension)) * bytesOf(b.tensor->dtype);
}

MaybeFailure rdattn::runtime::checkApart(const Argument &output,
                                         const Argument &other) {
  if (output.isEmpty() || other.isEmpty())
    return std::nullopt;
  Dimensions dimensions = movingDimensions(output);
  const int *first = dimensions.data();
  const int *last = first + dimensions.size();
  // Tensors may interleave in one buffer, as packed q, k, v do: a common outer
  // stride over the span of both leaves only their inner blocks to compare.
  bool alike = output.tensor->rank == other.tensor->rank;
  for (int d = 0; alike && d < output.tensor->rank; ++d)
    alike = output.size(d) > 1 || other.size(d) == 1;
  for (;; ++first) {
    Range a = rangeOf(output, first, last);
    Range b;
    if (alike) {
      b = rangeOf(other, first, last);
    } else {
      Dimensions all = movingDimensions(other);
      b = rangeOf(other, all.data(), all.data() + all.size());
    }
    if (!a.meets(b))
      return std::nullopt;
    Range inner, innerOther;
    bool peel = alike && first != last && sameStride(output, other, *first);
    if (peel) {
      inner = rangeOf(output, first + 1, last);
      innerOther = rangeOf(other, first + 1, last);
      Wide span = std::max(inner.end, innerOther.end) -
                  std::min(inner.begin, innerOther.begin);
      peel = span <=
             magnitude(output.stride(*first)) * bytesOf(output.tensor->dtype);
    }
    if (!peel)
      return invalid(output.name, " and ", other.name,
                     " share memory, but an output must be apart from every "
                     "other tensor");
  }
}
