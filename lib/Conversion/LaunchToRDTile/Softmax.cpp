//===- Softmax.cpp - Masks, the online softmax and its results ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr double kLn2 = 0.6931471805599453;
static constexpr double kInfinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Maps
//===----------------------------------------------------------------------===//

Value QueryRows::mapTo(Type result, ValueRange operands,
                       function_ref<Value(ValueRange)> body, bool indexed) {
  auto map = MapOp::create(b, result, operands, indexed);
  OpBuilder::InsertionGuard guard(b);
  SmallVector<Type> types;
  if (indexed)
    types.append(isa<AccumulatorType>(result) ? 2 : 1, b.getI32Type());
  for (Value operand : operands) {
    auto rows = dyn_cast<RowsType>(operand.getType());
    types.push_back(rows ? rows.getElement() : b.getF32Type());
  }
  SmallVector<Location> locations(types.size(), b.getLoc());
  Block *block = b.createBlock(&map.getBody(), {}, types, locations);
  YieldOp::create(b, body(block->getArguments()));
  return map;
}

Value QueryRows::rowsMap(ValueRange operands,
                         function_ref<Value(ValueRange)> body, Type element,
                         bool indexed) {
  return mapTo(RowsType::get(b.getContext(), element), operands, body, indexed);
}

Value QueryRows::columnsMap(ValueRange operands,
                            function_ref<Value(ValueRange)> body,
                            bool indexed) {
  return mapTo(operands.front().getType(), operands, body, indexed);
}

/// The class's row that row `row` of these 64 is.
Value QueryRows::queryRow(const Item &item, Value row) {
  Value first = b.add(item.row, b.mul(number, kFragmentRows));
  return b.add(first, row);
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

static Value hide(I32Builder &b, Value isVisible, Value score) {
  return b.select(isVisible, score, b.f32(-kInfinity));
}

/// Every row sees columns [low, high) of the tile, but for a class in curve
/// order with causal.
Value QueryRows::mask(const Item &item, const KeyTiles &tiles, Value index,
                      Value scores) {
  Value firstKey = b.add(tiles.begin, b.mul(index, key.keys));
  Type i32 = b.getI32Type();
  Value windowed = b.less(b.i32(0), item.window);
  Value reach = b.min(item.window, item.rows);
  Value curve = kernel.isCurveOrdered(item);
  Value high = rowsMap(
      {},
      [&](ValueRange x) {
        Value query = queryRow(item, x[0]);
        Value end = item.rows;
        if (key.causal) {
          Value diagonal = b.min(end, b.add(query, 1));
          end = curve ? b.select(curve, end, diagonal) : diagonal;
        }
        if (key.windowed)
          end = b.select(windowed, b.min(end, b.add(query, reach)), end);
        return b.sub(end, firstKey);
      },
      i32, /*indexed=*/true);
  Value visible = columnsMap(
      {scores, high},
      [&](ValueRange x) { return hide(b, b.less(x[1], x[3]), x[2]); },
      /*indexed=*/true);
  if (!key.windowed)
    return visible;
  Value low = rowsMap(
      {},
      [&](ValueRange x) {
        Value query = queryRow(item, x[0]);
        Value first = b.sub(b.add(query, 1), reach);
        first = b.select(windowed, first, b.i32(0));
        return b.sub(first, firstKey);
      },
      i32, /*indexed=*/true);
  visible = columnsMap(
      {visible, low},
      [&](ValueRange x) { return hide(b, b.lessEqual(x[3], x[1]), x[2]); },
      /*indexed=*/true);
  return key.comparesTokens() ? maskByToken(item, firstKey, visible) : visible;
}

/// E2: in curve order causal compares tokens, element by element.
Value QueryRows::maskByToken(const Item &item, Value firstKey, Value scores) {
  Value curve = kernel.isCurveOrdered(item);
  Value tokens = rowsMap(
      {},
      [&](ValueRange x) {
        Value last = b.sub(item.rows, 1);
        return kernel.tokenOf(item, b.min(queryRow(item, x[0]), last));
      },
      b.getI32Type(), /*indexed=*/true);
  auto seen = [&](ValueRange x) {
    Value key = b.min(b.add(firstKey, x[1]), b.sub(item.rows, 1));
    Value isEarlier = b.lessEqual(kernel.tokenOf(item, key), x[3]);
    return hide(b, isEarlier, x[2]);
  };
  auto masked = [&] {
    return Values{columnsMap({scores, tokens}, seen, /*indexed=*/true)};
  };
  return b.choose(curve, masked, [&] { return Values{scores}; }).front();
}

//===----------------------------------------------------------------------===//
// Online softmax
//===----------------------------------------------------------------------===//

/// |scale| * log2(e), kept positive and finite so that a hidden place stays
/// -inf; the sign of the scale is the queries'.
Value QueryRows::log2Scale(I32Builder &b, Value scale) {
  constexpr double kLog2e = 1.4426950408889634;
  Value isNegative =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, scale, b.f32(0));
  Value magnitude =
      b.select(isNegative, arith::NegFOp::create(b, scale), scale);
  Value factor = b.mulf(magnitude, b.f32(kLog2e));
  const auto &f32 = llvm::APFloat::IEEEsingle();
  auto limit = [&](const llvm::APFloat &value) {
    return b.f32(value.convertToDouble());
  };
  Value least = limit(llvm::APFloat::getSmallestNormalized(f32));
  Value most = limit(llvm::APFloat::getLargest(f32));
  return arith::MinNumFOp::create(b, arith::MaxNumFOp::create(b, factor, least),
                                  most);
}

RowsState QueryRows::emptyState() {
  auto rows = RowsType::get(b.getContext(), b.getF32Type());
  RowsState state;
  state.maxima = SplatOp::create(b, rows, b.f32(-kInfinity));
  state.sums = SplatOp::create(b, rows, b.f32(0));
  state.o = SplatOp::create(
      b, AccumulatorType::get(b.getContext(), key.outputColumns()), b.f32(0));
  return state;
}

/// What exponents are counted from: a row that saw nothing yet has maximum
/// -inf, and subtracting that makes NaN.
Value QueryRows::shiftOf(Value maxima) {
  return rowsMap(
      {maxima},
      [&](ValueRange x) {
        Value isEmpty = b.equalf(x[0], b.f32(-kInfinity));
        return b.select(isEmpty, b.f32(0), b.mulf(x[0], scale2));
      },
      b.getF32Type());
}

/// Scores become weights, exp2(score * scale2 - shift), with one rounding of
/// the difference; `rescale` is what earlier sums and outputs shrink by. In the
/// loop the weights stay an accumulator: the caller converts them once the
/// registers of the old ones are free.
void QueryRows::softmax(Value scores, RowsState &state, Value &rescale) {
  Type f32 = b.getF32Type();
  bool isFirst = !state.p;
  Value maxima = ReduceOp::create(b, state.maxima.getType(), Combining::Max,
                                  scores, state.maxima);
  maxima = CombineOp::create(b, maxima.getType(), Combining::Max, maxima);
  Value shift = shiftOf(maxima);
  rescale = rowsMap(
      {state.maxima, shift},
      [&](ValueRange x) -> Value {
        return math::Exp2Op::create(b, b.subf(b.mulf(x[0], scale2), x[1]));
      },
      f32);
  Value weights = columnsMap({scores, shift}, [&](ValueRange x) -> Value {
    Value negated = arith::NegFOp::create(b, x[1]);
    return math::Exp2Op::create(b,
                                math::FmaOp::create(b, x[0], scale2, negated));
  });
  Value sums = rowsMap(
      {state.sums, rescale}, [&](ValueRange x) { return b.mulf(x[0], x[1]); },
      f32);
  state.sums =
      ReduceOp::create(b, sums.getType(), Combining::Add, weights, sums);
  state.maxima = maxima;
  state.p = weights;
  if (isFirst)
    state.p = ConvertOp::create(
        b, OperandType::get(b.getContext(), key.keys, key.element), weights);
}

Value QueryRows::rescaled(Value o, Value rescale) {
  return columnsMap({o, rescale},
                    [&](ValueRange x) { return b.mulf(x[0], x[1]); });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

CopyMethod QueryRows::storeMethod() const {
  bool isWide = key.access != Access::Elements && isInVectors(key.valueDim);
  return isWide ? CopyMethod::Vectors : CopyMethod::Elements;
}

/// S5: a row that saw no key has o = 0 and lse = -inf.
void QueryRows::writeResults(const Item &item, const RowsState &state) {
  Type f32 = b.getF32Type(), i32 = b.getI32Type();
  Value sums =
      CombineOp::create(b, state.sums.getType(), Combining::Add, state.sums);
  Value tokens = rowsMap(
      {},
      [&](ValueRange x) {
        Value row = queryRow(item, x[0]);
        Value exists = b.less(row, item.rows);
        Value existing = b.select(exists, row, item.row);
        return b.select(exists, kernel.tokenOf(item, existing), b.i32(-1));
      },
      i32, /*indexed=*/true);
  Value inverse = rowsMap(
      {sums},
      [&](ValueRange x) {
        Value isEmpty = b.equalf(x[0], b.f32(0));
        return b.select(isEmpty, b.f32(0), b.divf(b.f32(1), x[0]));
      },
      f32);
  Value o = columnsMap({state.o, inverse},
                       [&](ValueRange x) { return b.mulf(x[0], x[1]); });
  if (key.merges)
    return writePartials(item, tokens, o, state, sums);
  StoreRowsOp::create(b, storeMethod(), o, parameters.o, item.batch, tokens,
                      item.head);
  if (!key.hasLse)
    return;
  Value lse = rowsMap(
      {state.maxima, sums},
      [&](ValueRange x) {
        Value log = math::Log2Op::create(b, x[1]);
        Value sum = b.addf(b.mulf(x[0], scale2), log);
        Value isEmpty = b.equalf(x[1], b.f32(0));
        return b.select(isEmpty, b.f32(-kInfinity), b.mulf(sum, b.f32(kLn2)));
      },
      f32);
  StoreScalarsOp::create(b, lse, parameters.lse, item.batch, item.head, tokens);
}

/// The branch's part: its outputs, the shift that their exponents are counted
/// from (-inf where nothing was seen), and the sums.
void QueryRows::writePartials(const Item &item, Value tokens, Value o,
                              const RowsState &state, Value sums) {
  Value branch = b.toIndex(item.branch);
  Value shifts = rowsMap(
      {state.maxima}, [&](ValueRange x) { return b.mulf(x[0], scale2); },
      b.getF32Type());
  StoreRowsOp::create(b, storeMethod(), o,
                      sliceOf(b, parameters.partials, 0, {branch}), item.batch,
                      tokens, item.head);
  OpFoldResult which[] = {b.getIndexAttr(0), b.getIndexAttr(1)};
  Value scalars[] = {shifts, sums};
  for (int64_t i : {0, 1})
    StoreScalarsOp::create(
        b, scalars[i], sliceOf(b, parameters.statistics, 0, {which[i], branch}),
        item.batch, item.head, tokens);
}
