//===- Emitter.h - Arithmetic that reads like arithmetic --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_EMITTER_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_EMITTER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn::cpu {

using mlir::Type;
using mlir::Value;
using mlir::ValueRange;

/// Builds the operations a kernel is made of. Integer arithmetic is on
/// indices, float arithmetic on f32 or vectors of f32.
class Emitter : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value index(int64_t value);
  Value f32(double value);
  Value i1(bool value);

  /// `value` in every element of `type`.
  Value splat(mlir::VectorType type, double value);
  Value broadcast(mlir::VectorType type, Value scalar);

  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value rem(Value a, Value b);
  Value min(Value a, Value b);
  Value max(Value a, Value b);
  Value ceilDiv(Value a, int64_t b);
  Value less(Value a, Value b);
  Value lessEqual(Value a, Value b);
  Value equal(Value a, Value b);
  Value both(Value a, Value b);
  Value either(Value a, Value b);
  Value select(Value condition, Value a, Value b);

  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  Value divf(Value a, Value b);
  Value fma(Value a, Value b, Value c);
  /// The larger; `b` where either is NaN, which is what the hardware does.
  Value maxf(Value a, Value b);

  /// A signed integer as an index, and the reverse.
  Value toIndex(Value integer);
  Value toInt32(Value index);

  Value load(Value memref, ValueRange indices);
  void store(Value value, Value memref, ValueRange indices);
  Value loadVector(mlir::VectorType type, Value memref, ValueRange indices);
  void storeVector(Value value, Value memref, ValueRange indices);

  /// An element, or as many as `lanes` has: of the memref's element type.
  Value loadPart(mlir::VectorType lanes, Value memref, ValueRange indices);
  void storePart(Value value, Value memref, ValueRange indices);

  /// The dimension, a constant where it is static.
  Value dim(Value memref, int64_t dimension);

  using LoopBody = llvm::function_ref<void(Value)>;
  using CarriedBody =
      llvm::function_ref<llvm::SmallVector<Value>(Value, ValueRange)>;

  /// for (i = begin; i < end; i += step) body(i)
  void loop(Value begin, Value end, int64_t step, LoopBody body);
  /// The same, with values carried from one iteration to the next.
  llvm::SmallVector<Value> loop(Value begin, Value end, int64_t step,
                                ValueRange initial, CarriedBody body);

  /// Covers `size` columns: whole vectors of `lanes`, then single elements,
  /// for which `lanes` is null.
  using PartBody =
      llvm::function_ref<void(Value column, mlir::VectorType lanes)>;
  void columns(int64_t size, int64_t lanes, PartBody body);

  void when(Value condition, llvm::function_ref<void()> then);
  void branch(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  Value choose(Value condition, llvm::function_ref<Value()> then,
               llvm::function_ref<Value()> otherwise);
};

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_EMITTER_H
