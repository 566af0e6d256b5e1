//===- SM80Kernel.h - A kernel for Ampere and later -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_SM80KERNEL_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_SM80KERNEL_H

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

namespace rdattn::rdtile {

/// Builds one kernel: all warps copy and compute. While a tile is computed the
/// next ones are on their way, and a barrier a tile keeps the warps together.
class SM80Kernel : public KernelBuilder {
public:
  using KernelBuilder::KernelBuilder;

  /// A gpu.func called `name` with its body.
  mlir::gpu::GPUFuncOp build(llvm::StringRef name);

private:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

  /// What a step of the loop over key tiles carries to the next.
  struct State {
    llvm::SmallVector<RowsState> rows; ///< of each 64 rows
    Value stage;
    Value tokens; ///< of the tile that is copied next

    Values values() const;
    static State fromValues(ValueRange values);
  };

  void createSharedMemory();
  void buildLoop();
  void post(Value number, Value turn);
  Values readItem(Value turn);
  void computeItem(const Item &item, Value turn);

  Value tokensOf(const RowMap &map, Value first, int64_t rows);
  Value tokensOfTile(const Item &item, const KeyTiles &tiles, Value index);
  void copyRows(Value source, Value ring, Value stage, Value tokens,
                const Item &item, Value head, bool isWhole);
  void copyTile(const Item &item, Value stage, Value tokens, bool isWhole);
  void commit();
  /// Waits for all but the last `inFlight` groups, of all threads.
  void await(int64_t inFlight);
  Value copyFirst(const Item &item, const KeyTiles &tiles);
  Value copyAhead(const Item &item, const KeyTiles &tiles, Value index,
                  const State &state);

  void negateQueries();
  State firstState(const Item &item, Value tokens);
  State allTiles(const Item &item, const KeyTiles &tiles, State state);
  State tile(const Item &item, const KeyTiles &tiles, Value index, bool hides,
             State state);
  Values scoresOf(Value stage);
  void addOutputs(State &state);

  bool isVector() const { return key.access == Access::Rows; }
  /// Tiles on their way while one is computed.
  int64_t ahead() const { return key.stages - 1; }

  Value q, k, v, items; ///< shared memory
  Value isLeader;       ///< whether this thread deals with items
  Value firstRow;       ///< of the item's queries, that this warpgroup has
  Value kvHead;         ///< of the item
  llvm::SmallVector<QueryRows> blocks; ///< of 64 rows, of this warpgroup
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_SM80KERNEL_H
