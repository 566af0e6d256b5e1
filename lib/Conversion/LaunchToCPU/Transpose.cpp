//===- Transpose.cpp - Between rows and lanes ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

/// `count` rows from `load`, transposed, each handed to `store`.
static void transposeSquare(Emitter &b, int64_t count,
                            function_ref<Value(int64_t)> load,
                            function_ref<void(int64_t, Value)> store) {
  auto type = VectorType::get({count, count}, b.getF32Type());
  Value square = b.splat(type, 0);
  for (int64_t i = 0; i < count; ++i)
    square = vector::InsertOp::create(b, load(i), square, i);
  square = vector::TransposeOp::create(b, square, ArrayRef<int64_t>{1, 0});
  for (int64_t i = 0; i < count; ++i)
    store(i, vector::ExtractOp::create(b, square, i));
}

void cpu::rowsToLanes(Emitter &b, const Kernel &kernel, Value rows,
                      Value target, Value block, Value lane, int64_t size) {
  int64_t lanes = kernel.schedule.getLanes();
  auto part = VectorType::get({lanes}, b.getF32Type());
  b.loop(b.index(0), b.index(size), lanes, [&](Value column) {
    auto load = [&](int64_t i) {
      return b.loadVector(part, rows, {b.index(i), column});
    };
    transposeSquare(b, lanes, load, [&](int64_t i, Value value) {
      b.storeVector(value, target, {block, b.add(column, b.index(i)), lane});
    });
  });
}

void cpu::lanesToRows(Emitter &b, const Kernel &kernel, Value source,
                      Value rows, Value block, Value lane, int64_t size) {
  int64_t lanes = kernel.schedule.getLanes();
  auto part = VectorType::get({lanes}, b.getF32Type());
  b.loop(b.index(0), b.index(size), lanes, [&](Value column) {
    auto load = [&](int64_t i) {
      return b.loadVector(part, source,
                          {block, b.add(column, b.index(i)), lane});
    };
    transposeSquare(b, lanes, load, [&](int64_t i, Value value) {
      b.storeVector(value, rows, {b.index(i), column});
    });
  });
}
