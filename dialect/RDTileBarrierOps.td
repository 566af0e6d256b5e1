//===- RDTileBarrierOps.td - Shared memory and barriers ----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_BARRIER_OPS
#define RDTILE_BARRIER_OPS

include "dialect/RDTileTypes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class RDTile_Op<string mnemonic, list<Trait> traits = []>
    : Op<RDTile_Dialect, mnemonic, traits>;

/// What a block keeps in shared memory.
def RDTile_Shared : AnyTypeOf<[RDTile_Ring, RDTile_Barriers, AnyStaticShapeMemRef]>;

def RDTile_SharedOp : RDTile_Op<"shared", [Pure]> {
  let summary = "a place in the block's dynamic shared memory";
  let description = [{
    `offset` counts bytes. Rings start at a multiple of 1024, the period of the
    swizzle. A memref is in the workgroup's address space.

    Example:

    ```mlir
    %k = rdtile.shared offset(32768) : !rdtile.ring<2, 128x128xbf16>
    ```
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs RDTile_Shared:$result);
  let assemblyFormat = "`offset` `(` $offset `)` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def RDTile_StageOp : RDTile_Op<"stage", [Pure]> {
  let summary = "one tile of a ring";
  let description = [{
    Example:

    ```mlir
    %tile = rdtile.stage %ring[%i] : !rdtile.ring<2, 128x128xbf16>
    ```
  }];
  let arguments = (ins RDTile_Ring:$ring, I32:$index);
  let results = (outs RDTile_Tile:$tile);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

class RDTile_BarrierOp<string mnemonic> : RDTile_Op<mnemonic>;

def RDTile_InitBarriersOp : RDTile_BarrierOp<"init_barriers"> {
  let summary = "set how many arrivals complete a phase";
  let description = [{
    By one thread, before a `gpu.barrier` that publishes them.

    Example:

    ```mlir
    rdtile.init_barriers %full arrivals(1) : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I64Attr:$arrivals);
  let assemblyFormat = [{
    $barriers `arrivals` `(` $arrivals `)` attr-dict `:` qualified(type($barriers))
  }];
  let hasVerifier = 1;
}

def RDTile_WaitOp : RDTile_BarrierOp<"wait"> {
  let summary = "wait for the phase of a barrier to complete";
  let description = [{
    Returns once the phase of that parity is complete.

    Example:

    ```mlir
    rdtile.wait %full[%stage] parity(%parity) : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I32:$index, I32:$parity);
  let assemblyFormat = [{
    $barriers `[` $index `]` `parity` `(` $parity `)` attr-dict `:` qualified(type($barriers))
  }];
}

def RDTile_ArriveOp : RDTile_BarrierOp<"arrive"> {
  let summary = "count one arrival of this thread";
  let description = [{
    Example:

    ```mlir
    rdtile.arrive %empty[%stage] : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I32:$index);
  let assemblyFormat = "$barriers `[` $index `]` attr-dict `:` qualified(type($barriers))";
}

def RDTile_ArriveWarpOp : RDTile_BarrierOp<"arrive_warp"> {
  let summary = "count one arrival of this warp";
  let description = [{
    Once all of its threads have come here.

    Example:

    ```mlir
    rdtile.arrive_warp %empty[%stage] : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I32:$index);
  let assemblyFormat = "$barriers `[` $index `]` attr-dict `:` qualified(type($barriers))";
}

def RDTile_ExpectOp : RDTile_BarrierOp<"expect"> {
  let summary = "arrive, and expect bytes that tensor maps bring";
  let description = [{
    The phase completes once these bytes have landed as well.

    Example:

    ```mlir
    rdtile.expect %full[%stage] bytes(32768) : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I32:$index, I64Attr:$bytes);
  let assemblyFormat = [{
    $barriers `[` $index `]` `bytes` `(` $bytes `)` attr-dict `:` qualified(type($barriers))
  }];
  let hasVerifier = 1;
}

def RDTile_ArriveCopiesOp : RDTile_BarrierOp<"arrive_copies"> {
  let summary = "arrive once this thread's earlier row copies have landed";
  let description = [{
    Example:

    ```mlir
    rdtile.arrive_copies %full[%stage] : !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Barriers:$barriers, I32:$index);
  let assemblyFormat = "$barriers `[` $index `]` attr-dict `:` qualified(type($barriers))";
}

def RDTile_FenceTilesOp : RDTile_Op<"fence_tiles"> {
  let summary = "let products read what threads wrote to tiles";
  let description = [{
    Orders this thread's view of shared memory (row copies, stores) before what
    `wgmma` reads next.

    Example:

    ```mlir
    rdtile.fence_tiles
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def RDTile_SyncWarpsOp : RDTile_Op<"sync_warps"> {
  let summary = "meet other warps at a named barrier";
  let description = [{
    Blocks until `threads` threads have come, by this or by
    `rdtile.signal_warps`. Barrier 0 is `gpu.barrier`'s.

    Example:

    ```mlir
    rdtile.sync_warps %id threads(256)
    ```
  }];
  let arguments = (ins I32:$id, I64Attr:$threads);
  let assemblyFormat = "$id `threads` `(` $threads `)` attr-dict";
  let hasVerifier = 1;
}

def RDTile_SignalWarpsOp : RDTile_Op<"signal_warps"> {
  let summary = "come to a named barrier without waiting";
  let description = [{
    Example:

    ```mlir
    rdtile.signal_warps %id threads(256)
    ```
  }];
  let arguments = (ins I32:$id, I64Attr:$threads);
  let assemblyFormat = "$id `threads` `(` $threads `)` attr-dict";
  let hasVerifier = 1;
}

def RDTile_ReconvergeOp : RDTile_Op<"reconverge"> {
  let summary = "meet the other threads of the warp";
  let description = [{
    Behind a branch that all threads of a warp take alike: ptxas does not know
    that they do, and in a loop around it would keep in registers of each thread,
    and move in every iteration, what is the same in all of them, such as the
    stages of rings.

    Example:

    ```mlir
    rdtile.reconverge
    ```
  }];
  let assemblyFormat = "attr-dict";
}

#endif // RDTILE_BARRIER_OPS
