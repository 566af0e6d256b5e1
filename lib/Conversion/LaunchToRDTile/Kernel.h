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
  bool pingpong;
  bool causal, gathered, windowed;
  bool merges; ///< writes partials, which a second kernel merges
  bool hasLse;
  Access access;

  /// Items whose classes are in curve order compare tokens for causal (E2).
  bool comparesTokens() const { return causal && gathered && windowed; }
  int64_t threads() const { return kWarpgroupThreads * (1 + consumers); }
  int64_t outputColumns() const { return llvm::alignTo(valueDim, 8); }
};

/// The kernel's arguments, in the order of `roles`.
struct Parameters {
  mlir::Value maps, q, k, v, o, lse, scale, items, rowList, phases, counter;
  mlir::Value partials, statistics;
  std::string roles;
};

/// What the block keeps in shared memory.
struct SharedMemory {
  mlir::Value q, k, v; ///< rings
  mlir::Value qFull, qEmpty, kFull, kEmpty, vFull, vEmpty;
  mlir::Value items, itemFull, itemEmpty;
  int64_t bytes;
};

/// A work item, as planner::WorkItem, and the branch it belongs to.
struct Item {
  mlir::Value batch, head, row, rows, first, stride, list, run, window, branch;

  /// The columns in the order of the table, and the branch.
  static constexpr int64_t kWords = 10;
  static Item fromWords(mlir::ValueRange words);
};

/// The rows of an item's class that its queries may see, cut into tiles.
struct KeyTiles {
  mlir::Value begin; ///< the first row of tile 0
  mlir::Value count;
};

/// A stage of a ring and the parity of its phase.
struct Cursor {
  mlir::Value stage, parity;
};

/// Builds one kernel.
class Kernel {
public:
  Kernel(I32Builder &b, const KernelKey &key) : b(b), key(key) {}

  /// A gpu.func called `name` with its body.
  mlir::gpu::GPUFuncOp build(llvm::StringRef name);
  /// One letter an argument, and the bytes of shared memory: see
  /// #rdattn.kernel.
  const std::string &roles() const { return parameters.roles; }
  int64_t sharedBytes() const { return shared.bytes; }

private:
  friend class Producer;
  friend class Consumer;

  void createFunction(llvm::StringRef name);
  void createSharedMemory();
  void initBarriers();

  /// Item k of a block goes through slot k % 2.
  static constexpr int64_t kItemSlots = 2;
  Cursor slotOf(mlir::Value turn);
  Cursor firstCursor() { return {b.i32(0), b.i32(0)}; }
  Cursor next(Cursor cursor);

  Item readItem(mlir::Value slot);
  KeyTiles keyTiles(const Item &item);
  /// min(rows, row + queries): the first row past the item's queries.
  mlir::Value pastQueries(const Item &item);
  /// Whether `item` is in curve order: null where no item is.
  mlir::Value isCurveOrdered(const Item &item);
  mlir::Value tokenOfListed(const Item &item, mlir::Value row);
  mlir::Value tokenOfStrided(const Item &item, mlir::Value row);
  mlir::Value tokenOf(const Item &item, mlir::Value row);

  bool hasMaps() const { return key.access != Access::Elements; }

  I32Builder &b;
  const KernelKey &key;
  mlir::gpu::GPUFuncOp function;
  Parameters parameters;
  SharedMemory shared;
};

/// The copying warpgroup.
class Producer {
public:
  explicit Producer(Kernel &kernel)
      : kernel(kernel), b(kernel.b), key(kernel.key), shared(kernel.shared),
        parameters(kernel.parameters) {}
  void build();

private:
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

  void asLeader(llvm::function_ref<void()> body);
  void buildLoop();
  void post(mlir::Value number, mlir::Value turn);
  Values wordsOf(mlir::Value number);
  /// How the rows of an item come.
  enum class Way { Map, Listed, Strided };
  /// Rows of a class from `first` on, and their tokens where no map has them.
  struct Rows {
    mlir::Value first, tokens;
  };

  Values copyItem(const Item &item, mlir::Value turn, ValueRange cursors);
  Values copyTiles(Way way, const Item &item, mlir::Value turn,
                   ValueRange cursors);
  mlir::Value lookup(Way way, const Item &item, mlir::Value first,
                     int64_t rows);
  void copyValues(Way way, Cursor cursor, const Rows &rows, const Item &item);
  void copyTile(Way way, Input input, Cursor cursor, const Rows &rows,
                const Item &item, bool isWhole);
  void copyByMap(Input input, mlir::Value full, mlir::Value index,
                 mlir::Value tile, mlir::Value row, mlir::Value head,
                 const Item &item);
  /// Threads that copy: all four warps, or one thread where maps do it all.
  bool isSingleThread() const { return key.access == Access::Map; }

  Kernel &kernel;
  I32Builder &b;
  const KernelKey &key;
  const SharedMemory &shared;
  const Parameters &parameters;
  mlir::Value isLeader;
  mlir::Value map;    ///< the item's tensor map, or -1
  mlir::Value kvHead; ///< of the item
};

/// A computing warpgroup.
class Consumer {
public:
  Consumer(Kernel &kernel, mlir::Value warpgroup)
      : kernel(kernel), b(kernel.b), key(kernel.key), shared(kernel.shared),
        parameters(kernel.parameters), warpgroup(warpgroup) {}
  void build();

private:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

  /// What a step of the loop over key tiles carries to the next.
  struct State {
    Value p, o, maxima, sums;
    Cursor k, v;

    Values values() const;
    static State fromValues(ValueRange values);
  };
  /// Which of its places a tile hides.
  enum class Mask { None, Some };

  Values computeItem(const Item &item, Value turn, ValueRange cursors);
  void prepareQueries(Value turn);
  void zeroPastClass(const Item &item, const KeyTiles &tiles, Cursor v);
  State firstTile(const Item &item, const KeyTiles &tiles, ValueRange cursors);
  State tile(const Item &item, const KeyTiles &tiles, Value index, Mask mask,
             const State &state);
  State allTiles(const Item &item, const KeyTiles &tiles, State state);
  State tilesBelow(const Item &item, const KeyTiles &tiles, Value top,
                   Value bottom, Mask mask, const State &state);
  Value lastOutputs(const State &state);
  Value mask(const Item &item, const KeyTiles &tiles, Value index,
             Value scores);
  Value maskByToken(const Item &item, Value firstKey, Value scores);
  void softmax(Value scores, State &state, Value &rescale);
  Value startScores(Cursor cursor);
  Value startOutputs(const State &state);
  void waitFor(Value barriers, Cursor cursor);
  void release(Value barriers, Cursor cursor);
  void takeTurn();
  void passTurn();
  void writeResults(const Item &item, const State &state);
  void writePartials(const Item &item, Value tokens, Value o,
                     const State &state, Value sums);
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

  Kernel &kernel;
  I32Builder &b;
  const KernelKey &key;
  const SharedMemory &shared;
  const Parameters &parameters;
  Value warpgroup;
  Value scale2; ///< |scale| * log2(e), a positive finite number
};

/// The kernel that merges the partials of several branches (S6, S9).
mlir::gpu::GPUFuncOp buildMergeKernel(I32Builder &b, const KernelKey &key,
                                      llvm::StringRef name, std::string &roles);
inline constexpr int64_t kMergeThreads = 256;

/// Memrefs of a kernel's arguments.
mlir::MemRefType tensorType(mlir::Type element, int64_t columns);
mlir::MemRefType logSumExpType(mlir::MLIRContext *context);
mlir::MemRefType partialsType(mlir::MLIRContext *context, int64_t columns);
mlir::MemRefType statisticsType(mlir::MLIRContext *context);
/// A kernel with these arguments, an entry block and a block size.
mlir::gpu::GPUFuncOp createKernel(I32Builder &b, llvm::StringRef name,
                                  llvm::ArrayRef<mlir::Type> arguments,
                                  int64_t threads);

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_KERNEL_H
