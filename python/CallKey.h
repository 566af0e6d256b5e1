//===- CallKey.h - What makes two calls alike -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_CALLKEY_H
#define RDATTN_PYTHON_CALLKEY_H

#include "python/DLPack.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace rdattn::python {

/// The inputs of one call, as their framework describes them.
struct Inputs {
  dlpack::Tensor q, k, v;
};

/// What a call says beside its inputs and the scale.
struct Called {
  static constexpr int64_t kUnsaid = -1;

  const void *owner = nullptr; ///< the pattern or kernel, by identity
  bool causal = false, returnLse = false;
  const void *ring = nullptr; ///< by identity; null on one device
  int layout = 0;             ///< its place among the words for layouts
  int64_t tokens = kUnsaid;   ///< S of the whole sequence
};

/// Everything but the addresses and the scale: calls with equal keys pass the
/// same checks and give results of the same sizes.
class CallKey {
public:
  /// False where the inputs differ in rank, device or element type: no key
  /// tells of those.
  bool set(const Called &called, const Inputs &in) {
    size_t next = 0;
    words[next++] = reinterpret_cast<intptr_t>(called.owner);
    words[next++] = reinterpret_cast<intptr_t>(called.ring);
    words[next++] = called.tokens;
    words[next++] = called.layout << 16 | in.q.device.type << 2 |
                    called.causal << 1 | called.returnLse;
    words[next++] = in.q.device.ordinal;
    words[next++] = pack(in.q.dtype);
    for (const dlpack::Tensor *tensor : {&in.q, &in.k, &in.v}) {
      if (tensor->rank != 4 || !alike(*tensor, in.q))
        return false;
      for (int d = 0; d < 4; ++d) {
        words[next++] = tensor->sizes[d];
        words[next++] = tensor->strides[d];
      }
    }
    return true;
  }

  bool operator==(const CallKey &other) const { return words == other.words; }

  struct Hash {
    size_t operator()(const CallKey &key) const {
      uint64_t hash = 0;
      for (int64_t word : key.words) {
        hash = (hash ^ static_cast<uint64_t>(word)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
      }
      return hash;
    }
  };

private:
  static int64_t pack(dlpack::DataType type) {
    return type.code << 24 | type.bits << 16 | type.lanes;
  }

  static bool alike(const dlpack::Tensor &a, const dlpack::Tensor &b) {
    return a.device.type == b.device.type &&
           a.device.ordinal == b.device.ordinal &&
           pack(a.dtype) == pack(b.dtype);
  }

  std::array<int64_t, 30> words;
};

} // namespace rdattn::python

#endif // RDATTN_PYTHON_CALLKEY_H
