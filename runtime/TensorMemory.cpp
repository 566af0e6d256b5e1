//===- TensorMemory.cpp - Where a tensor's elements lie -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"

#include <algorithm>
#include <cstdint>

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

/// The dimensions that move, longest stride first. Not on the heap, as every
/// call asks for them.
struct Dimensions {
  const int *begin() const { return list; }
  const int *end() const { return list + count; }

  int list[4]; // tensors have no more
  int count = 0;
};
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
      dimensions.list[dimensions.count++] = d;
  int *first = dimensions.list;
  std::sort(first, first + dimensions.count, [&](int a, int b) {
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
    Range range = rangeOf(argument, all.begin(), all.end());
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
  const int *last = dimensions.end();
  const Wide bytes = bytesOf(output.tensor->dtype);
  for (const int *d = dimensions.begin(); d != last; ++d) {
    Range inner = rangeOf(output, d + 1, last);
    if (magnitude(output.stride(*d)) * bytes < inner.end - inner.begin)
      return invalid(output.name, ": dimension ", *d, " has stride ",
                     output.stride(*d),
                     ", so that elements share memory, but an output's "
                     "elements must be apart");
  }
  return std::nullopt;
}

/// True where both tensors step by one stride along output dimension *first
/// and what either covers between two steps fits into it: then only blocks of
/// the same index can meet.
static bool stepTogether(const Argument &output, const Argument &other,
                         const int *first, const int *last) {
  Wide step = Wide(output.stride(*first)) * bytesOf(output.tensor->dtype);
  if (other.size(*first) > 1 &&
      step != Wide(other.stride(*first)) * bytesOf(other.tensor->dtype))
    return false;
  Range a = rangeOf(output, first + 1, last);
  Range b = rangeOf(other, first + 1, last);
  return std::max(a.end, b.end) - std::min(a.begin, b.begin) <= magnitude(step);
}

/// True where the tensors share no memory, though they may interleave in one
/// buffer as packed q, k, v do. Strides of no common order count as sharing.
static bool areApart(const Argument &output, const Argument &other) {
  Dimensions mine = movingDimensions(output);
  Dimensions theirs = movingDimensions(other);
  const int *first = mine.begin(), *last = mine.end();
  if (!rangeOf(output, first, last)
           .meets(rangeOf(other, theirs.begin(), theirs.end())))
    return true;
  // Blocks are compared along the output's dimensions, so it must have all.
  for (int d : theirs)
    if (other.tensor->rank != output.tensor->rank || output.size(d) == 1)
      return false;
  for (; first != last && stepTogether(output, other, first, last); ++first)
    if (!rangeOf(output, first + 1, last)
             .meets(rangeOf(other, first + 1, last)))
      return true;
  return false;
}

MaybeFailure rdattn::runtime::checkApart(const Argument &output,
                                         const Argument &other) {
  if (output.isEmpty() || other.isEmpty() || areApart(output, other))
    return std::nullopt;
  return invalid(output.name, " and ", other.name,
                 " share memory, but an output must be apart from every other "
                 "tensor");
}
