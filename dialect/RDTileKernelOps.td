//===- RDTileKernelOps.td - Roles and work items -----------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_KERNEL_OPS
#define RDTILE_KERNEL_OPS

include "dialect/RDTileBarrierOps.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def RDTile_RolesOp : RDTile_Op<"roles", [SingleBlock, NoTerminator, RecursiveMemoryEffects]> {
  let summary = "one warpgroup copies, the others compute";
  let description = [{
    The block's first warpgroup runs `producer` with that many registers a
    thread, the next `consumers` warpgroups run `consumer`, whose argument is
    the number of the warpgroup, from 0. Together they may not ask for more
    registers than the block was launched with: 504 a thread of four warps for
    three warpgroups, 512 for four.

    Example:

    ```mlir
    rdtile.roles producer registers(24) {
      rdtile.fence_tiles
    } consumers(2) registers(240) {
    ^bb0(%warpgroup: i32):
      rdtile.fence_tiles
    }
    ```
  }];
  let arguments = (ins I64Attr:$producer_registers, I64Attr:$consumers,
                       I64Attr:$consumer_registers);
  let regions = (region SizedRegion<1>:$producer, SizedRegion<1>:$consumer);
  let assemblyFormat = [{
    `producer` `registers` `(` $producer_registers `)` $producer
    `consumers` `(` $consumers `)` `registers` `(` $consumer_registers `)` $consumer attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    int64_t getThreads() { return 128 * (1 + getConsumers()); }
  }];
}

def RDTile_NextItemOp : RDTile_Op<"next_item"> {
  let summary = "the number of the next work item that no block has";
  let description = [{
    By one thread. The first `gridDim` numbers are the blocks' own; the counter
    counts from there.

    Example:

    ```mlir
    %n = rdtile.next_item %counter : memref<2xi32>
    ```
  }];
  let arguments = (ins MemRefRankOf<[I32], [1]>:$counter);
  let results = (outs I32:$item);
  let assemblyFormat = "$counter attr-dict `:` type($counter)";
}

def RDTile_RetireOp : RDTile_Op<"retire"> {
  let summary = "this block takes no more items";
  let description = [{
    By one thread. The last block to say so zeroes the counter for the next
    launch.

    Example:

    ```mlir
    rdtile.retire %counter : memref<2xi32>
    ```
  }];
  let arguments = (ins MemRefRankOf<[I32], [1]>:$counter);
  let assemblyFormat = "$counter attr-dict `:` type($counter)";
}

#endif // RDTILE_KERNEL_OPS
