//===- I32Builder.h - Arithmetic that reads like arithmetic -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_COMMON_I32BUILDER_H
#define RDATTN_CONVERSION_COMMON_I32BUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// What code of a GPU computes with: 32-bit integers and f32.
class I32Builder : public mlir::ImplicitLocOpBuilder {
public:
  using Type = mlir::Type;
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value i32(int64_t value);
  Value i64(int64_t value);
  Value f32(double value);

  Value add(Value a, Value b);
  Value add(Value a, int64_t b) { return b ? add(a, i32(b)) : a; }
  /// a + b as part of an index, without overflow: LLVM moves what is constant
  /// of it into the instruction.
  Value offset(Value a, Value b);
  Value sub(Value a, Value b);
  Value sub(Value a, int64_t b) { return sub(a, i32(b)); }
  Value mul(Value a, Value b);
  Value mul(Value a, int64_t b) { return mul(a, i32(b)); }
  /// Of values that are not negative.
  Value div(Value a, Value b);
  Value div(Value a, int64_t b) { return div(a, i32(b)); }
  Value rem(Value a, Value b);
  Value rem(Value a, int64_t b) { return rem(a, i32(b)); }
  Value ceilDiv(Value a, int64_t b) { return div(add(a, b - 1), b); }
  Value min(Value a, Value b);
  Value max(Value a, Value b);

  Value bitAnd(Value a, Value b);
  Value bitAnd(Value a, int64_t b) { return bitAnd(a, i32(b)); }
  Value bitOr(Value a, Value b);
  Value bitXor(Value a, Value b);
  Value bitXor(Value a, int64_t b) { return bitXor(a, i32(b)); }
  Value shiftLeft(Value a, int64_t bits);
  Value shiftRight(Value a, Value bits); ///< filling with zeros

  Value less(Value a, Value b);
  Value lessEqual(Value a, Value b);
  Value equal(Value a, Value b);
  Value both(Value a, Value b);
  Value select(Value condition, Value a, Value b);
  Value extend(Value a);  ///< i32 to i64, signed
  Value toIndex(Value a); ///< i32 to index, signed
  Value toI32(Value a);   ///< index to i32

  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  Value divf(Value a, Value b);
  Value equalf(Value a, Value b); ///< false where either is NaN

  void when(Value condition, llvm::function_ref<void()> then);
  using Values = llvm::SmallVector<Value>;
  Values choose(Value condition, llvm::function_ref<Values()> then,
                llvm::function_ref<Values()> otherwise);
  /// for (i = begin; i < end; i += step)
  void loop(Value begin, Value end, int64_t step,
            llvm::function_ref<void(Value)> body);
  /// The same, with values carried from one iteration to the next.
  Values loop(Value begin, Value end, int64_t step, ValueRange initial,
              llvm::function_ref<Values(Value, ValueRange)> body);

  /// Elements of memrefs, with i32 indices.
  Value load(Value memref, ValueRange indices);
  void store(Value value, Value memref, ValueRange indices);
  Value dim(Value memref, int64_t dimension);
};

} // namespace rdattn

#endif // RDATTN_CONVERSION_COMMON_I32BUILDER_H
