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

/// Every row sees columns [low, high) of the tile, but where lists hide some.
Value QueryRows::mask(const Item &item, const KeyTiles &tiles, Value index,
                      Value scores) {
  Value firstKey = b.add(tiles.begin, b.mul(index, key.keys));
  Value high = rowsMap(
      {},
      [&](ValueRange x) {
        return b.sub(kernel.endOf(item, queryRow(item, x[0])), firstKey);
      },
      b.getI32Type(), /*indexed=*/true);
  Value visible = columnsMap(
      {scores, high},
      [&](ValueRange x) { return hide(b, b.less(x[1], x[3]), x[2]); },
      /*indexed=*/true);
  if (key.windowed)
    visible = maskBeforeWindow(item, firstKey, visible);
  return key.hasListedMasks() ? maskByLists(item, firstKey, visible) : visible;
}

Value QueryRows::maskBeforeWindow(const Item &item, Value firstKey,
                                  Value scores) {
  Value low = rowsMap(
      {},
      [&](ValueRange x) {
        return b.sub(kernel.beginOf(item, queryRow(item, x[0])), firstKey);
      },
      b.getI32Type(), /*indexed=*/true);
  return columnsMap(
      {scores, low},
      [&](ValueRange x) { return hide(b, b.lessEqual(x[3], x[1]), x[2]); },
      /*indexed=*/true);
}

/// E2: what no band says is compared element by element.
Value QueryRows::maskByLists(const Item &item, Value firstKey, Value scores) {
  Value lastQuery = b.sub(item.queries.rows, 1);
  Value lastKey = b.sub(item.keys.rows, 1);
  Values operands{scores};
  for (size_t list = 0; list < (key.ring ? 2 : 1); ++list)
    operands.push_back(rowsMap(
        {},
        [&](ValueRange x) {
          Value query = b.min(queryRow(item, x[0]), lastQuery);
          return kernel.listedOf(item, query)[list];
        },
        b.getI32Type(), /*indexed=*/true));
  auto seen = [&](ValueRange x) {
    Value key = b.min(b.add(firstKey, x[1]), lastKey);
    return hide(b, kernel.seesListed(item, x.drop_front(3), key), x[2]);
  };
  auto masked = [&] {
    return Values{columnsMap(operands, seen, /*indexed=*/true)};
  };
  return b.choose(kernel.isListed(item), masked, [&] { return Values{scores}; })
      .front();
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

/// What the earlier steps of a ring saw: nothing where the sum is 0. One thread
/// of a row takes a quarter of its sum, as the four are added up at last.
RowsState QueryRows::loadState(const Item &item) {
  Type f32 = b.getF32Type();
  auto rows = RowsType::get(b.getContext(), f32);
  Value tokens = queryTokens(item);
  Value sums = LoadScalarsOp::create(b, rows, parameters.sums, item.batch,
                                     item.head, tokens);
  Value shifts = LoadScalarsOp::create(b, rows, parameters.maxima, item.batch,
                                       item.head, tokens);
  auto isEmpty = [&](Value sum) { return b.equalf(sum, b.f32(0)); };
  Value seen = rowsMap(
      {tokens, sums},
      [&](ValueRange x) { return b.select(isEmpty(x[1]), b.i32(-1), x[0]); },
      b.getI32Type());
  RowsState state;
  state.o = LoadRowsOp::create(
      b, AccumulatorType::get(b.getContext(), key.outputColumns()),
      storeMethod(), parameters.accumulated, item.batch, seen, item.head);
  state.maxima = rowsMap(
      {shifts, sums},
      [&](ValueRange x) {
        return b.select(isEmpty(x[1]), b.f32(-kInfinity), b.divf(x[0], scale2));
      },
      f32);
  state.sums = rowsMap(
      {sums}, [&](ValueRange x) { return b.mulf(x[0], b.f32(0.25)); }, f32);
  return state;
}

RowsState QueryRows::firstState(const Item &item) {
  if (!key.ring)
    return emptyState();
  auto valuesOf = [](const RowsState &state) {
    return Values{state.o, state.maxima, state.sums};
  };
  Values chosen = b.choose(
      b.equal(item.fresh, b.i32(1)), [&] { return valuesOf(emptyState()); },
      [&] { return valuesOf(loadState(item)); });
  return {Value(), chosen[0], chosen[1], chosen[2]};
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

/// The rows of the tensors that the queries are; -1 past the last.
Value QueryRows::queryTokens(const Item &item) {
  return rowsMap(
      {},
      [&](ValueRange x) {
        Value row = queryRow(item, x[0]);
        Value exists = b.less(row, item.queries.rows);
        Value existing = b.select(exists, row, item.row);
        return b.select(exists, kernel.tokenOf(item.queries, existing),
                        b.i32(-1));
      },
      b.getI32Type(), /*indexed=*/true);
}

/// o over the sums; S5: a row that saw no key has o = 0.
Value QueryRows::normalized(const RowsState &state) {
  Value inverse = rowsMap(
      {state.sums},
      [&](ValueRange x) {
        Value isEmpty = b.equalf(x[0], b.f32(0));
        return b.select(isEmpty, b.f32(0), b.divf(b.f32(1), x[0]));
      },
      b.getF32Type());
  return columnsMap({state.o, inverse},
                    [&](ValueRange x) { return b.mulf(x[0], x[1]); });
}

/// What the exponents were counted from: -inf where nothing was seen.
Value QueryRows::shiftsOf(const RowsState &state) {
  return rowsMap(
      {state.maxima}, [&](ValueRange x) { return b.mulf(x[0], scale2); },
      b.getF32Type());
}

void QueryRows::writeResults(const Item &item, const RowsState &state) {
  RowsState whole = state;
  whole.sums =
      CombineOp::create(b, state.sums.getType(), Combining::Add, state.sums);
  Value tokens = queryTokens(item);
  if (key.ring)
    writeStep(item, tokens, whole);
  else if (key.merges)
    writePartials(item, tokens, whole);
  else
    writeOutputs(item, tokens, whole);
}

/// S5: a row that saw no key has lse = -inf.
void QueryRows::writeOutputs(const Item &item, Value tokens,
                             const RowsState &state) {
  StoreRowsOp::create(b, storeMethod(), normalized(state), parameters.o,
                      item.batch, tokens, item.head);
  if (!key.hasLse)
    return;
  Value lse = rowsMap(
      {state.maxima, state.sums},
      [&](ValueRange x) {
        Value log = math::Log2Op::create(b, x[1]);
        Value sum = b.addf(b.mulf(x[0], scale2), log);
        Value isEmpty = b.equalf(x[1], b.f32(0));
        return b.select(isEmpty, b.f32(-kInfinity), b.mulf(sum, b.f32(kLn2)));
      },
      b.getF32Type());
  StoreScalarsOp::create(b, lse, parameters.lse, item.batch, item.head, tokens);
}

/// The branch's part: its outputs, shifts and sums.
void QueryRows::writePartials(const Item &item, Value tokens,
                              const RowsState &state) {
  Value branch = b.toIndex(item.branch);
  Value shifts = shiftsOf(state);
  StoreRowsOp::create(b, storeMethod(), normalized(state),
                      sliceOf(b, parameters.partials, 0, {branch}), item.batch,
                      tokens, item.head);
  OpFoldResult which[] = {b.getIndexAttr(0), b.getIndexAttr(1)};
  Value scalars[] = {shifts, state.sums};
  for (int64_t i : {0, 1})
    StoreScalarsOp::create(
        b, scalars[i], sliceOf(b, parameters.statistics, 0, {which[i], branch}),
        item.batch, item.head, tokens);
}

/// Results where no later step adds to the rows, which a sum of -1 tells; else
/// what it adds to.
void QueryRows::writeStep(const Item &item, Value tokens,
                          const RowsState &state) {
  auto store = [&](Value scalars, Value target) {
    StoreScalarsOp::create(b, scalars, target, item.batch, item.head, tokens);
  };
  auto results = [&] {
    writeOutputs(item, tokens, state);
    Value done = SplatOp::create(b, state.sums.getType(), b.f32(-1));
    store(done, parameters.sums);
    return Values();
  };
  auto partial = [&] {
    StoreRowsOp::create(b, storeMethod(), state.o, parameters.accumulated,
                        item.batch, tokens, item.head);
    store(shiftsOf(state), parameters.maxima);
    store(state.sums, parameters.sums);
    return Values();
  };
  b.choose(b.equal(item.last, b.i32(1)), results, partial);
  ReconvergeOp::create(b);
}
