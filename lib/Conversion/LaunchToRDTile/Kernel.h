//===- Kernel.h - What the parts of a kernel share --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_KERNEL_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_KERNEL_H

#include "dialect/RDTile.h"
#include "lib/Conversion/Common/I32Builder.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace rdattn::rdtile {

/// How rows reach shared memory; see rdattn_kernel_kind.
enum class Access {
  Map,     ///< tensor maps alone
  Rows,    ///< tensor maps where an item allows it, else lists of rows
  Elements ///< one element at a time, for tensors of any alignment
};

/// Whether rows of so many columns are copied and written in vectors.
inline bool isInVectors(int64_t columns) { return columns % 8 == 0; }

/// The kernel key, as far as it shapes code.
struct KernelKey {
  mlir::Type element;
  int64_t headDim, valueDim;
  int64_t queries, keys; ///< rows of a tile
  int64_t stages, consumers, lanes;
  int64_t producers; ///< warpgroups that only copy: one, or none on sm_80
  int64_t fragments; ///< of 64 query rows, that one consumer computes
  bool pingpong;
  bool causal, gathered, windowed;
  bool merges; ///< writes partials, which a second kernel merges
  bool ring;   ///< computes a step of a ring
  bool listed; ///< lists say what some items of it see
  bool hasLse;
  Access access;

  /// Whether lists say what some items see: tokens for causal where a class is
  /// in curve order (E2), on a ring positions in a window as well.
  bool hasListedMasks() const {
    return gathered && (ring ? listed : windowed && causal);
  }
  /// What one side of the diagonal or of a window hides.
  bool hasBands() const { return causal || windowed; }
  bool hasMaps() const { return producers > 0 && access != Access::Elements; }
  int64_t threads() const {
    return kWarpgroupThreads * (producers + consumers);
  }
  int64_t outputColumns() const { return llvm::alignTo(valueDim, 8); }
};

/// The kernel's arguments, in the order of `roles`.
struct Parameters {
  mlir::Value maps, q, k, v, o, lse, scale, items, rowList, phases, counter;
  mlir::Value partials, statistics;
  mlir::Value accumulated, maxima, sums; ///< of the earlier steps of a ring
  std::string roles;
};

/// Rows of a tensor: row i is the one at first + i * stride, or where there is
/// a list (not -1) at first + rowList[list + i].
struct RowMap {
  mlir::Value rows, first, stride, list;
};

/// A work item: planner::WorkItem and the branch it belongs to, or
/// planner::RingItem.
struct Item {
  mlir::Value batch, head, row;
  RowMap queries, keys;
  mlir::Value window; ///< counted in rows, or on a ring in listed positions
  mlir::Value branch; ///< null on a ring, where what follows is not
  mlir::Value keyHead, low, high;
  mlir::Value queryPositions, keyPositions, queryTokens, keyTokens;
  mlir::Value fresh, last; ///< 1 where no other step has had, or has, the rows

  /// Columns of the table, and where there are branches the branch.
  static int64_t wordsOf(const KernelKey &key);
  static Item fromWords(const KernelKey &key, mlir::ValueRange words);
};

/// Rows of an item's class that are queries.
struct QueryRange {
  mlir::Value first, past; ///< the first row, and the first one behind
};

/// The rows of an item's class that its queries may see, cut into tiles.
struct KeyTiles {
  mlir::Value begin; ///< the first row of tile 0
  mlir::Value count;
};

/// Tiles from `top` - 1 down to `bottom`.
struct TileRange {
  mlir::Value top, bottom;
  bool hides; ///< whether some query may not see some key
};

/// What the kernels of all GPUs share: arguments, items and their tokens.
class KernelBuilder {
public:
  KernelBuilder(I32Builder &b, const KernelKey &key) : b(b), key(key) {}

  /// One letter an argument, and the bytes of shared memory: see
  /// #rdattn.kernel.
  const std::string &roles() const { return parameters.roles; }
  int64_t sharedBytes() const { return bytes; }

protected:
  friend class QueryRows;
  friend class Producer;
  friend class Consumer;

  void createFunction(llvm::StringRef name);
  /// `size` more bytes of shared memory.
  mlir::Value place(mlir::Type type, int64_t size);
  mlir::Value placeRing(int64_t stages, int64_t rows, int64_t columns);
  mlir::Value placeItems();

  /// Item k of a block goes through slot k % 2.
  static constexpr int64_t kItemSlots = 2;
  /// The item's row of the table and its branch; batch -1 past the last.
  I32Builder::Values wordsOf(mlir::Value number);
  /// The words of the item in `slot` of the block's `items`.
  I32Builder::Values wordsIn(mlir::Value items, mlir::Value slot);
  /// A loop over the items whose words `read` gives for turn 0, 1, ... until
  /// the batch is -1. It carries `count` values besides, from zeros on.
  void forEachItem(
      int64_t count, llvm::function_ref<I32Builder::Values(mlir::Value)> read,
      llvm::function_ref<I32Builder::Values(const Item &, mlir::Value turn,
                                            mlir::ValueRange carried)>
          body);
  /// The queries of an item: from its row on.
  QueryRange queriesOf(const Item &item);
  KeyTiles keyTiles(const Item &item);
  /// The keys that a query sees but for lists are [beginOf, endOf), where
  /// beginOf may be negative. Both grow with the query.
  mlir::Value beginOf(const Item &item, mlir::Value query);
  mlir::Value endOf(const Item &item, mlir::Value query);
  /// The first row past all keys that `queries` see.
  mlir::Value keyEnd(const Item &item, const QueryRange &queries);
  /// The tiles below `top`, from the highest on: those that the diagonal or the
  /// end of the class cuts for `queries`, whole ones, and those that a window's
  /// start cuts. Below `last` no tile reaches past the class.
  llvm::SmallVector<TileRange> rangesOf(const Item &item,
                                        const QueryRange &queries,
                                        const KeyTiles &tiles, mlir::Value top,
                                        mlir::Value last);
  /// `body` for each tile of a range, from the highest on.
  template <typename State>
  State forTiles(const TileRange &range, const State &initial,
                 llvm::function_ref<State(mlir::Value, const State &)> body) {
    auto step = [&](mlir::Value i, mlir::ValueRange carried) {
      mlir::Value index = b.sub(b.sub(range.top, 1), i);
      return body(index, State::fromValues(carried)).values();
    };
    mlir::Value count = b.sub(range.top, range.bottom);
    return State::fromValues(
        b.loop(b.i32(0), count, 1, initial.values(), step));
  }
  mlir::Value wholeTiles(const Item &item, const QueryRange &queries,
                         const KeyTiles &tiles, mlir::Value top);
  mlir::Value cutTiles(const Item &item, const QueryRange &queries,
                       const KeyTiles &tiles, mlir::Value whole);
  mlir::Value reachOf(const Item &item);
  /// Whether lists say what `item` sees: null where they never do.
  mlir::Value isListed(const Item &item);
  /// What lists say of a query: its token, on a ring position and token.
  I32Builder::Values listedOf(const Item &item, mlir::Value query);
  /// Whether a query of which lists say that sees a key. \pre isListed(item)
  mlir::Value seesListed(const Item &item, mlir::ValueRange query,
                         mlir::Value key);
  mlir::Value entryOf(mlir::Value list, mlir::Value row);
  mlir::Value tokenOfListed(const RowMap &map, mlir::Value row);
  mlir::Value tokenOfStrided(const RowMap &map, mlir::Value row);
  mlir::Value tokenOf(const RowMap &map, mlir::Value row);
  /// The tokens of rows from `first` on, -1 past the end; `isWhole` where they
  /// do not go past it.
  mlir::Value lookup(TokensType type, const RowMap &map, mlir::Value first,
                     bool isWhole,
                     llvm::function_ref<mlir::Value(mlir::Value)> token);
  mlir::Value kvHeadOf(const Item &item);

  I32Builder &b;
  const KernelKey &key;
  mlir::gpu::GPUFuncOp function;
  Parameters parameters;
  int64_t bytes = 0;
};

/// What online softmax knows of query rows.
struct RowsState {
  mlir::Value p, o, maxima, sums;
};

/// The arithmetic of 64 query rows: masks, the online softmax, results.
class QueryRows {
protected:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

public:
  /// Rows 64 * number to 64 * number + 63 of an item's queries.
  QueryRows(KernelBuilder &kernel, Value number)
      : kernel(kernel), b(kernel.b), key(kernel.key),
        parameters(kernel.parameters), number(number) {}

  /// |scale| * log2(e), which the softmax of all rows takes.
  static Value log2Scale(I32Builder &b, Value scale);
  void setScale(Value value) { scale2 = value; }

  /// Before the first tile: nothing, or what earlier steps of a ring saw.
  RowsState firstState(const Item &item);
  Value mask(const Item &item, const KeyTiles &tiles, Value index,
             Value scores);
  void softmax(Value scores, RowsState &state, Value &rescale);
  Value rescaled(Value o, Value rescale);
  void writeResults(const Item &item, const RowsState &state);

protected:
  RowsState emptyState();
  RowsState loadState(const Item &item);
  Value maskBeforeWindow(const Item &item, Value firstKey, Value scores);
  Value maskByLists(const Item &item, Value firstKey, Value scores);
  Value queryTokens(const Item &item);
  Value shiftsOf(const RowsState &state);
  Value normalized(const RowsState &state);
  // Of a state with the sums of whole rows:
  void writeOutputs(const Item &item, Value tokens, const RowsState &state);
  void writePartials(const Item &item, Value tokens, const RowsState &state);
  void writeStep(const Item &item, Value tokens, const RowsState &state);
  Value rowsMap(ValueRange operands, llvm::function_ref<Value(ValueRange)> body,
                mlir::Type element, bool indexed = false);
  Value columnsMap(ValueRange operands,
                   llvm::function_ref<Value(ValueRange)> body,
                   bool indexed = false);
  Value mapTo(mlir::Type result, ValueRange operands,
              llvm::function_ref<Value(ValueRange)> body, bool indexed);
  Value queryRow(const Item &item, Value row);
  Value shiftOf(Value maxima);
  CopyMethod storeMethod() const;

  KernelBuilder &kernel;
  I32Builder &b;
  const KernelKey &key;
  const Parameters &parameters;
  Value number;
  Value scale2; ///< |scale| * log2(e), a positive finite number
};

/// The tile of a ring at `index`, and a product's sums.
mlir::Value stageOf(I32Builder &b, mlir::Value ring, mlir::Value index);
mlir::Value waitMma(I32Builder &b, mlir::Value pending, int64_t inFlight);

/// The kernel that merges the partials of several branches (S6, S9).
mlir::gpu::GPUFuncOp buildMergeKernel(I32Builder &b, const KernelKey &key,
                                      llvm::StringRef name, std::string &roles);
/// The kernel that gives o and lse of what the steps of a ring added up.
mlir::gpu::GPUFuncOp buildFinishKernel(I32Builder &b, const KernelKey &key,
                                       llvm::StringRef name,
                                       std::string &roles);
/// A kernel that packs rows of k and v for a step of a ring, 16 bytes at a time
/// or element by element. Its roles are kPackRoles.
mlir::gpu::GPUFuncOp buildPackKernel(I32Builder &b, const KernelKey &key,
                                     llvm::StringRef name, bool inVectors);
inline constexpr llvm::StringLiteral kPackRoles = "kvKVi";
inline constexpr int64_t kPackVectorBytes = 16;
/// Threads of a block of any of these.
inline constexpr int64_t kMergeThreads = 256;

/// Memrefs of a kernel's arguments.
mlir::MemRefType tensorType(mlir::Type element, int64_t columns);
mlir::MemRefType logSumExpType(mlir::MLIRContext *context);
mlir::MemRefType partialsType(mlir::Type element, int64_t columns);
mlir::MemRefType statisticsType(mlir::MLIRContext *context);
mlir::MemRefType accumulatedType(mlir::MLIRContext *context,
                                 const KernelKey &key);
mlir::MemRefType rowScalarsType(mlir::MLIRContext *context);
/// What an array has at one place of its dimensions from `first` on, which are
/// dropped.
mlir::Value sliceOf(I32Builder &b, mlir::Value array, int64_t first,
                    llvm::ArrayRef<mlir::OpFoldResult> at);
/// A kernel with these arguments, an entry block and a block size.
mlir::gpu::GPUFuncOp createKernel(I32Builder &b, llvm::StringRef name,
                                  llvm::ArrayRef<mlir::Type> arguments,
                                  int64_t threads);

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_KERNEL_H
