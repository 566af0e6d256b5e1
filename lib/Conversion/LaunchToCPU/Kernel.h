//===- Kernel.h - The parts of the CPU kernel -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// One work item is computed by a flash-style loop: its queries are loaded and
// transposed once, then every tile of keys and values is packed, scored, put
// through the online softmax and accumulated. Queries lie along the vector
// lanes, so that row maxima, sums and rescaling need no shuffles, and both
// products broadcast one scalar of k or v to a block of queries.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_KERNEL_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_KERNEL_H

#include "dialect/RDAttn.h"
#include "lib/Conversion/LaunchToCPU/Emitter.h"

namespace rdattn::cpu {

/// What the kernel is specialised on, and the operands of its launch.
struct Kernel {
  explicit Kernel(LaunchOp launch);
  explicit Kernel(RingLaunchOp launch);

  Value q, k, v, scale;
  Value items, rowList, phases;
  Value o, lse; ///< lse is null where nobody asked for it
  bool causal = false, gathered, windowed = false, isolated = false;
  bool ring = false; ///< a step of a ring: keys are other rows than queries
  Epilogue epilogue;
  CPUScheduleAttr schedule;
  int64_t headDim;
  int64_t valueDim;
  int64_t width;          ///< queries of a block: lanes * vectors
  int64_t blocks;         ///< blocks of an item
  mlir::VectorType block; ///< one row of a block: `width` x f32

private:
  void setSizes();

public:
  /// Several branches meet in f32 partials.
  bool merges() const { return epilogue == Epilogue::Merge; }

  /// Causal compares tokens, not rows, in some items (E2).
  bool ordersByToken() const { return causal && gathered && windowed; }
};

/// What mergeLanes notes of each row.
inline constexpr int64_t kMergeParts = 4;

/// Buffers of one thread, in its scratch memory.
struct Scratch {
  Value rows;          ///< lanes rows on their way to or from their lanes, f32
  Value queries;       ///< blocks x headDim x width, negated where scale < 0
  Value outputs;       ///< blocks x valueDim x width, not yet normalised, f32
  Value maxima;        ///< blocks x width: of the products q . k so far
  Value sums;          ///< blocks x width: of exp2((product - maximum) * scale)
  Value queryTokens;   ///< blocks x width, i32
  Value queryOrdinals; ///< blocks x width: what causal compares, i32
  Value keys;          ///< keys x headDim, f32
  Value values;        ///< keys x valueDim, f32
  Value keyOrdinals;   ///< keys, i32
  Value scores;        ///< keys x width: products q . k, then their exp2, f32
  Value merges;        ///< kMergeParts x lanes: what rows are merged with, f32
  /// In a step of a ring what windows count, i32: blocks x width, and keys.
  Value queryPositions, keyPositions;
};

/// Fails where a thread's scratch is beyond any memory, before sizes overflow.
mlir::LogicalResult checkScratch(mlir::Operation *launch, const Kernel &kernel);

/// The bytes of a thread's scratch, and its buffers within `memory`.
int64_t scratchBytes(const Kernel &kernel);
Scratch carveScratch(Emitter &b, const Kernel &kernel, Value memory);

/// Where rows are: row i at `first + i * stride`, or where a list says.
struct RowMap {
  Value first, stride, list, run;
};

/// One row of the work table, as indices.
struct Item {
  Value batch, head, kvHead;
  Value row;            ///< first query row
  Value count;          ///< query rows
  Value rows;           ///< rows that queries are numbered in
  Value keyRows;        ///< rows that keys are numbered in
  RowMap queries, keys; ///< one class, but in a step of a ring
  Value window;
  /// In a step of a ring query i sees keys i + low to i + high, and lists say
  /// what windows count and causal compares.
  Value low, high, queryPositions, keyPositions, queryTokens, keyTokens;
  Value last; ///< 1 where no later step or branch adds to the rows
};
Item loadItem(Emitter &b, const Kernel &kernel, Value index);
Item loadRingItem(Emitter &b, const Kernel &kernel, Value index);

/// The token at row `row`.
Value tokenOf(Emitter &b, const Kernel &kernel, const RowMap &rows, Value row);

/// Entry `row` of a list of a ring's step, or 0 where there is no list.
Value entryOf(Emitter &b, const Kernel &kernel, Value list, Value row);

/// What causal compares for that row: its token where the class is in curve
/// order, else the row itself (E2).
Value ordinalOf(Emitter &b, const Kernel &kernel, const Item &item, Value row,
                Value token);

/// f32 partials that branches and steps of a ring are merged into (S9): o
/// [B,S,H,Dv], not yet divided by sums, and the softmax of each row, [B,H,S].
/// Where a sum is 0 nothing was seen yet, and the rest is anything; where it is
/// -1 a step has written the row's results.
struct Partials {
  Value o, maxima, sums;
};

/// The softmax of one row so far: its maximum in log2 and the sum of
/// exp2(score - maximum). Its lse would lose digits that a merge needs.
struct RowSoftmax {
  Value maximum, sum;
};

/// ln(sum * 2^maximum), and what o is multiplied with; -inf and 0 where the row
/// is empty (S5).
std::pair<Value, Value> finish(Emitter &b, const RowSoftmax &row);

/// |scale| * log2(e): a score in log2 is that times q . k, with q negated where
/// the scale is negative. Positive and finite, so that -inf stays -inf.
Value log2Scale(Emitter &b, const Kernel &kernel);

// The steps of an item, in their order.
void loadQueries(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                 const Item &item);
void packKeys(Emitter &b, const Kernel &kernel, const Scratch &scratch,
              const Item &item, Value tile, Value count);
/// Scores of one block against the packed tile; returns the new maxima.
Value scoreBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                 const Item &item, Value block, Value tile, Value count);
/// Turns scores into their exp2; returns what earlier sums are scaled by.
Value softmaxBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                   Value block, Value count, Value maxima);
void accumulateBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                     Value block, Value count, Value rescale);
void storeRows(Emitter &b, const Kernel &kernel, const Scratch &scratch,
               const Item &item, const Partials &partials);

/// Rows that see themselves alone: o = v, lse = scale * q . k.
void computeIsolated(Emitter &b, const Kernel &kernel, const Item &item,
                     const Partials &partials);

/// The whole item.
void computeItem(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                 const Partials &partials, Value index);

/// Transposes the first `size` columns of scratch.rows into lanes
/// [lane, lane + lanes) of a block, and back.
void rowsToLanes(Emitter &b, const Kernel &kernel, Value rows, Value target,
                 Value block, Value lane, int64_t size);
void lanesToRows(Emitter &b, const Kernel &kernel, Value source, Value rows,
                 Value block, Value lane, int64_t size);

/// A part of q, k or v as f32, and of f32 as elements of o.
Value extend(Emitter &b, Value part);
Value truncate(Emitter &b, Value part, Type element);

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_KERNEL_H
