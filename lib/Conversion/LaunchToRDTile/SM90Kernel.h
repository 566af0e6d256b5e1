//===- SM90Kernel.h - The parts of a Hopper kernel --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_SM90KERNEL_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_SM90KERNEL_H

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

namespace rdattn::rdtile {

/// What the block keeps in shared memory.
struct SharedMemory {
  mlir::Value q, k, v; ///< rings
  mlir::Value qFull, qEmpty, kFull, kEmpty, vFull, vEmpty;
  mlir::Value items, itemFull, itemEmpty;
};

/// A stage of a ring and the parity of its phase.
struct Cursor {
  mlir::Value stage, parity;
};

/// Of a cursor for k and one for v, which every role carries.
inline constexpr int64_t kCursorWords = 4;

/// Builds one kernel: a warpgroup copies, the others compute.
class SM90Kernel : public KernelBuilder {
public:
  using KernelBuilder::KernelBuilder;

  /// A gpu.func called `name` with its body.
  mlir::gpu::GPUFuncOp build(llvm::StringRef name);

private:
  friend class Producer;
  friend class Consumer;

  void createSharedMemory();
  void initBarriers();
  Cursor slotOf(mlir::Value turn);
  Cursor next(Cursor cursor);
  /// Waits for the block's item `turn` and reads it, then calls `release`.
  I32Builder::Values takeItem(mlir::Value turn,
                              llvm::function_ref<void(Cursor slot)> release);

  SharedMemory shared;
};

/// The copying warpgroup.
class Producer {
public:
  explicit Producer(SM90Kernel &kernel)
      : kernel(kernel), b(kernel.b), key(kernel.key), shared(kernel.shared),
        parameters(kernel.parameters) {}
  void build();

private:
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

  void asLeader(llvm::function_ref<void()> body);
  void buildLoop();
  void post(mlir::Value number, mlir::Value turn);
  /// How the rows of an item come.
  enum class Way { Map, Listed, Strided };
  /// Rows of a class from `first` on, and their tokens where no map has them.
  struct Rows {
    mlir::Value first, tokens;
  };

  Values copyItem(const Item &item, mlir::Value turn, ValueRange cursors);
  Values copyTiles(Way way, const Item &item, mlir::Value turn,
                   ValueRange cursors);
  mlir::Value mapOf(Input input, const RowMap &rows);
  TokensType tokensType(int64_t rows);
  mlir::Value lookup(Way way, const RowMap &map, mlir::Value first,
                     bool isWhole, int64_t rows);
  mlir::Value lookupQueries(Way way, const Item &item);
  void copyTile(Way way, Input input, Cursor cursor, const Rows &rows,
                const Item &item, bool isWhole);
  void copyByMap(Input input, mlir::Value full, mlir::Value index,
                 mlir::Value tile, mlir::Value row, mlir::Value head,
                 const Item &item);
  /// Threads that copy: all four warps, or one thread where maps do it all.
  bool isSingleThread() const { return key.access == Access::Map; }

  SM90Kernel &kernel;
  I32Builder &b;
  const KernelKey &key;
  const SharedMemory &shared;
  const Parameters &parameters;
  mlir::Value isLeader;
  mlir::Value map;      ///< the tensor map of the item's keys, or -1
  mlir::Value queryMap; ///< and of its queries
  mlir::Value kvHead;   ///< of the item
};

/// A computing warpgroup.
class Consumer : QueryRows {
public:
  Consumer(SM90Kernel &kernel, mlir::Value warpgroup)
      : QueryRows(kernel, warpgroup), kernel(kernel), shared(kernel.shared),
        warpgroup(warpgroup) {}
  void build();

private:
  /// What a step of the loop over key tiles carries to the next.
  struct State : RowsState {
    Cursor k, v;

    Values values() const;
    static State fromValues(ValueRange values);
  };

  Values computeItem(const Item &item, Value turn, ValueRange cursors);
  void prepareQueries(Value turn);
  QueryRange rowsOf(const Item &item);
  bool maySkipTiles() const;
  Values skipTiles(Value count, ValueRange cursors);
  void zeroPastClass(const Item &item, const KeyTiles &tiles, Cursor v);
  State firstTile(const Item &item, const KeyTiles &tiles, ValueRange cursors);
  State tile(const Item &item, const KeyTiles &tiles, Value index, bool hides,
             const State &state);
  State allTiles(const Item &item, const KeyTiles &tiles, State state);
  Value lastOutputs(const State &state);
  Value startScores(Cursor cursor);
  Value startOutputs(const State &state);
  void waitFor(Value barriers, Cursor cursor);
  void release(Value barriers, Cursor cursor);
  void takeTurn();
  void passTurn();

  SM90Kernel &kernel;
  const SharedMemory &shared;
  Value warpgroup;
  QueryRange queries; ///< this warpgroup's of the item
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_SM90KERNEL_H
