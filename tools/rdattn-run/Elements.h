//===- Elements.h - Elements of 16 bits as floats ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_ELEMENTS_H
#define RDATTN_TOOLS_RUN_ELEMENTS_H

#include "rdattn/runtime.h"

#include "llvm/ADT/bit.h"

#include <cmath>
#include <cstring>

namespace rdattn::run {

inline float bfloatToFloat(uint16_t bits) {
  return llvm::bit_cast<float>(uint32_t(bits) << 16);
}

/// To nearest, ties to even; a NaN stays one.
inline uint16_t floatToBfloat(float value) {
  if (std::isnan(value))
    return 0x7fc0;
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

/// Element `index` of memory that holds `dtype`.
inline float loadElement(const void *data, rdattn_dtype dtype, size_t index) {
  if (dtype == RDATTN_FLOAT32)
    return static_cast<const float *>(data)[index];
  uint16_t bits = static_cast<const uint16_t *>(data)[index];
  return dtype == RDATTN_BFLOAT16 ? bfloatToFloat(bits)
                                  : float(llvm::bit_cast<_Float16>(bits));
}

/// `value` as `dtype` would hold it.
inline float roundTo(rdattn_dtype dtype, float value) {
  switch (dtype) {
  case RDATTN_BFLOAT16:
    return bfloatToFloat(floatToBfloat(value));
  case RDATTN_FLOAT16:
    return float(_Float16(value));
  case RDATTN_FLOAT32:
    break;
  }
  return value;
}

/// The distance from 1 to the next larger number.
inline double epsilonOf(rdattn_dtype dtype) {
  return dtype == RDATTN_FLOAT32   ? 0x1p-23
         : dtype == RDATTN_FLOAT16 ? 0x1p-10
                                   : 0x1p-7;
}

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_ELEMENTS_H
