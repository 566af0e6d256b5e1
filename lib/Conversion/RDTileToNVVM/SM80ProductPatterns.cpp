//===- SM80ProductPatterns.cpp - Products become mma.sync -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Four warps of m16n8 hold what one wgmma of 64 rows does. A step of a product
// is 32 bytes deep, whatever the element: 16 of 16 bits or eight of f32, and
// ldmatrix moves both, f32 as pairs of 16 bits.
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/MatrixReader.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// Columns of one mma.sync, and the registers of its sums.
static constexpr int64_t kEight = 8;
static constexpr int64_t kSums = 4;
/// Chunks of 16 bytes of one step, and steps of one panel.
static constexpr int64_t kStepChunks = 2;
static constexpr int64_t kPanelSteps = kChunksPerRow / kStepChunks;

using Registers = SmallVector<Value>;

static int64_t stepsOf(TileType tile) {
  return llvm::divideCeil(tile.getColumns() * tile.getElementBytes(),
                          kStepChunks * kChunkBytes);
}

/// sums + left * right: four registers of left, two of right.
static Registers multiply(Emitter &b, Type element, ValueRange left,
                          ValueRange right, ValueRange sums) {
  StringRef kind = element.isBF16()  ? "m16n8k16.row.col.f32.bf16.bf16.f32"
                   : element.isF16() ? "m16n8k16.row.col.f32.f16.f16.f32"
                                     : "m16n8k8.row.col.f32.tf32.tf32.f32";
  std::string code = "mma.sync.aligned." + kind.str() + " " +
                     registerList(0, 4) + ", " + registerList(4, 4) + ", " +
                     registerList(8, 2) + ", " + registerList(10, 4) + ";";
  Registers operands(left);
  llvm::append_range(operands, right);
  llvm::append_range(operands, sums);
  SmallVector<Type> types(kSums, b.getF32Type());
  return b.ptx(code, types, "=f,=f,=f,=f,r,r,r,r,r,r,f,f,f,f", operands,
               /*isPure=*/true);
}

/// Adds the product to the four sums of `sums` from `first` on.
static void multiplyInto(Emitter &b, Type element, ValueRange left,
                         ValueRange right, Registers &sums, int64_t first) {
  ValueRange before = ValueRange(sums).slice(first, kSums);
  Registers after = multiply(b, element, left, right, before);
  llvm::copy(after, sums.begin() + first);
}

static Registers zeros(Emitter &b, int64_t count) {
  return Registers(count, b.f32(0));
}

//===----------------------------------------------------------------------===//
// f32 as tf32
//===----------------------------------------------------------------------===//

namespace {
/// Values as sums of two of tf32, which has 11 bits of precision: together they
/// have all but the last bit of f32's.
struct Split {
  Registers big, small;
  Split() = default;
  /// Of registers of f32, or of the same bits as i32.
  Split(Emitter &b, ValueRange values);
};

/// A product of f32: three of tf32. The tensor cores cut off what they add up,
/// so few sums are made there and the rest in f32.
class Tf32Sums {
public:
  explicit Tf32Sums(Emitter &b) : b(b), large(zeros(b, 4)), rest(zeros(b, 4)) {}
  void add(const Split &left, const Split &right, int64_t leftFirst,
           int64_t rightFirst);
  void addTo(Registers &sums, int64_t first);

private:
  Emitter &b;
  Registers large, rest;
};
} // namespace

Split::Split(Emitter &b, ValueRange values) {
  Type i32 = b.getI32Type(), f32 = b.getF32Type();
  for (Value value : values) {
    if (value.getType() != f32)
      value = arith::BitcastOp::create(b, f32, value);
    Value rounded = b.ptx("cvt.rna.tf32.f32 $0, $1;", i32, "=r,f", value,
                          /*isPure=*/true)
                        .front();
    Value left = b.subf(value, arith::BitcastOp::create(b, f32, rounded));
    big.push_back(rounded);
    small.push_back(arith::BitcastOp::create(b, i32, left));
  }
}

void Tf32Sums::add(const Split &left, const Split &right, int64_t leftFirst,
                   int64_t rightFirst) {
  Type f32 = b.getF32Type();
  auto of = [](const Registers &registers, int64_t first, int64_t count) {
    return ValueRange(registers).slice(first, count);
  };
  ValueRange bigLeft = of(left.big, leftFirst, 4);
  ValueRange bigRight = of(right.big, rightFirst, 2);
  rest = multiply(b, f32, of(left.small, leftFirst, 4), bigRight, rest);
  rest = multiply(b, f32, bigLeft, of(right.small, rightFirst, 2), rest);
  large = multiply(b, f32, bigLeft, bigRight, large);
}

void Tf32Sums::addTo(Registers &sums, int64_t first) {
  for (int64_t i = 0; i < kSums; ++i)
    sums[first + i] = b.addf(sums[first + i], b.addf(large[i], rest[i]));
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

namespace {
class ScoresProduct {
public:
  ScoresProduct(Emitter &b, StartScoresOp op,
                StartScoresOp::GenericAdaptor<ArrayRef<ValueRange>> adaptor)
      : b(b), q(op.getQ().getType()), k(op.getK().getType()),
        left(b, q, warpRows(b, adaptor), MatrixOrder::RowsFirst),
        right(b, k, adaptor.getK().front(), MatrixOrder::ChunksFirst),
        sums(op.getScores().size(), zeros(b, k.getRows() / 2)) {}

  SmallVector<Registers> build() {
    if (k.getElement().isF32())
      for (int64_t panel = 0; panel < k.getPanels(); ++panel)
        addPanel(panel);
    else
      for (int64_t step = 0; step < stepsOf(k); ++step)
        addStep(step);
    return std::move(sums);
  }

private:
  /// Where this warp's 16 of the first 64 rows are.
  static Value
  warpRows(Emitter &b,
           StartScoresOp::GenericAdaptor<ArrayRef<ValueRange>> adaptor) {
    Value row = b.add(adaptor.getFirst().front(), b.mul(b.warpInGroup(), 16));
    return b.add(adaptor.getQ().front(), b.mul(row, TileType::kPanelRowBytes));
  }

  void addStep(int64_t step);
  void addPanel(int64_t panel);

  Emitter &b;
  TileType q, k;
  MatrixReader left, right;
  SmallVector<Registers> sums; ///< of each 64 rows of q
};
} // namespace

void ScoresProduct::addStep(int64_t step) {
  int64_t chunk = step * kStepChunks;
  SmallVector<Registers> rows;
  for (size_t block = 0; block < sums.size(); ++block)
    rows.push_back(left.load(block * kFragmentRows, chunk));
  for (int64_t key = 0; key < k.getRows(); key += 2 * kEight) {
    Registers keys = right.load(key, chunk);
    for (auto [block, values] : llvm::enumerate(rows))
      for (int64_t eight : {0, 1})
        multiplyInto(b, k.getElement(), values,
                     ValueRange(keys).slice(2 * eight, 2), sums[block],
                     key / 2 + kSums * eight);
  }
}

void ScoresProduct::addPanel(int64_t panel) {
  int64_t first = panel * kPanelSteps;
  int64_t steps = std::min(kPanelSteps, stepsOf(k) - first);
  for (auto [block, result] : llvm::enumerate(sums)) {
    SmallVector<Split> rows;
    for (int64_t step = 0; step < steps; ++step)
      rows.emplace_back(
          b, left.load(block * kFragmentRows, (first + step) * kStepChunks));
    for (int64_t key = 0; key < k.getRows(); key += 2 * kEight) {
      Tf32Sums eights[] = {Tf32Sums(b), Tf32Sums(b)};
      for (int64_t step = 0; step < steps; ++step) {
        Split keys(b, right.load(key, (first + step) * kStepChunks));
        for (int64_t eight : {0, 1})
          eights[eight].add(rows[step], keys, 0, 2 * eight);
      }
      for (int64_t eight : {0, 1})
        eights[eight].addTo(result, key / 2 + kSums * eight);
    }
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// Rows of v are the depth of the product, so matrices are transposed.
static void addOutputs(Emitter &b, TileType v, Value address,
                       ArrayRef<ValueRange> operands,
                       SmallVectorImpl<Registers> &sums) {
  MatrixReader right(b, v, address, MatrixOrder::RowsFirst,
                     /*isTransposed=*/true);
  int64_t eights = llvm::divideCeil(v.getColumns(), kEight);
  for (int64_t row = 0; row < v.getRows(); row += 16)
    for (int64_t eight = 0; eight < eights; eight += 2) {
      Registers columns = right.load(row, eight);
      for (auto [block, p] : llvm::enumerate(operands))
        for (int64_t i = eight; i < std::min(eight + 2, eights); ++i)
          multiplyInto(b, v.getElement(), p.slice(row / 4, 4),
                       ValueRange(columns).slice(2 * (i - eight), 2),
                       sums[block], kSums * i);
    }
}

/// A thread's weights of every eight keys are those of keys 2t and 2t + 1: the
/// product takes keys in that order, and the rows of v with them.
static Registers inOrderOfDepth(ValueRange p) {
  Registers values;
  for (size_t i = 0; i < p.size(); i += 4)
    values.append({p[i], p[i + 2], p[i + 1], p[i + 3]});
  return values;
}

static void addFloatOutputs(Emitter &b, TileType v, Value address,
                            ArrayRef<ValueRange> operands,
                            SmallVectorImpl<Registers> &sums) {
  ElementReader right(b, v, address);
  SmallVector<Split> weights;
  for (ValueRange p : operands)
    weights.emplace_back(b, inOrderOfDepth(p));
  int64_t eights = llvm::divideCeil(v.getColumns(), kEight);
  for (int64_t eight = 0; eight < eights; ++eight) {
    SmallVector<Tf32Sums> products;
    for (size_t block = 0; block < operands.size(); ++block)
      products.emplace_back(b);
    for (int64_t row = 0; row < v.getRows(); row += kEight) {
      Split column(b, right.load(row, eight));
      for (auto [block, product] : llvm::enumerate(products))
        product.add(weights[block], column, row / 2, 0);
    }
    for (auto [block, product] : llvm::enumerate(products))
      product.addTo(sums[block], kSums * eight);
  }
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
struct StartScoresLowering : Lowering<StartScoresOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StartScoresOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    rewriter.replaceOpWithMultiple(op, ScoresProduct(b, op, adaptor).build());
    return success();
  }
};

struct StartOutputsLowering : Lowering<StartOutputsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StartOutputsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TileType v = op.getV().getType();
    SmallVector<Registers> sums;
    for (ValueRange initial : adaptor.getInitial())
      sums.emplace_back(initial);
    int64_t registers = llvm::alignTo(v.getColumns(), kEight) / 2;
    sums.resize(op.getP().size(), zeros(b, registers));
    auto add = v.getElement().isF32() ? addFloatOutputs : addOutputs;
    add(b, v, adaptor.getV().front(), adaptor.getP(), sums);
    rewriter.replaceOpWithMultiple(op, sums);
    return success();
  }
};

/// A warp waits for its own products.
struct WaitMmaLowering : Lowering<WaitMmaOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(WaitMmaOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    rewriter.replaceOpWithMultiple(op, {adaptor.getPending()});
    return success();
  }
};

/// Products are done when their instruction is: there is no wait.
struct HoldWaitsLowering : Lowering<HoldWaitsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(HoldWaitsOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateSM80ProductPatterns(const TypeConverter &types,
                                                 RewritePatternSet &patterns) {
  patterns.add<StartScoresLowering, StartOutputsLowering, WaitMmaLowering,
               HoldWaitsLowering>(types, patterns.getContext());
}
