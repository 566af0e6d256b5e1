//===- RDTileCopyOps.td - Copies into and out of tiles -----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_COPY_OPS
#define RDTILE_COPY_OPS

include "dialect/RDTileBarrierOps.td"
include "mlir/IR/EnumAttr.td"

def RDTile_Input : I32Enum<"Input", "an input of attention", [
    I32EnumCase<"Q", 0, "q">, I32EnumCase<"K", 1, "k">, I32EnumCase<"V", 2, "v">]> {
  let cppNamespace = "::rdattn::rdtile";
}

def RDTile_CopyMethod : I32Enum<"CopyMethod", "how a thread copies", [
    I32EnumCase<"Vectors", 0, "vectors">, I32EnumCase<"Elements", 1, "elements">]> {
  let cppNamespace = "::rdattn::rdtile";
}

def RDTile_FindMapOp : RDTile_Op<"find_map", [Pure]> {
  let summary = "the tensor map of a token stride";
  let description = [{
    `map` is -1 where no map of q, or of k and v, has this stride, or where token
    `last` lies past what the map covers.

    Example:

    ```mlir
    %map = rdtile.find_map %maps k stride(%stride) last(%token)
    ```
  }];
  let arguments = (ins RDTile_Maps:$maps, EnumProp<RDTile_Input>:$input,
                       I32:$stride, I32:$last);
  let results = (outs I32:$map);
  let assemblyFormat = "$maps $input `stride` `(` $stride `)` `last` `(` $last `)` attr-dict";
}

def RDTile_CopyMapOp : RDTile_Op<"copy_map"> {
  let summary = "copy a tile by tensor map";
  let description = [{
    By one thread: rows `step`, `step + 1`, ... of a residue class. What lies
    outside the tensor arrives as zeros. The bytes of the whole tile count
    towards the barrier's phase.

    Example:

    ```mlir
    rdtile.copy_map %maps[%map] k at [%step, %residue, %head, %batch] to %tile
        signal %full[%stage] : !rdtile.tile<128x128xbf16>, !rdtile.barriers<2>
    ```
  }];
  let arguments = (ins RDTile_Maps:$maps, I32:$map, EnumProp<RDTile_Input>:$input,
                       I32:$step, I32:$residue, I32:$head, I32:$batch,
                       RDTile_Tile:$tile, RDTile_Barriers:$barriers, I32:$index);
  let assemblyFormat = [{
    $maps `[` $map `]` $input `at` ` ` `[` $step `,` $residue `,` $head `,` $batch `]`
    `to` $tile `signal` $barriers `[` $index `]` attr-dict
    `:` qualified(type($tile)) `,` qualified(type($barriers))
  }];
  let hasVerifier = 1;
}

def RDTile_LookupOp : RDTile_Op<"lookup", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "the tokens of a tile's rows";
  let description = [{
    The region gives the token of a row of the tile, or -1 for a row of zeros.
    Tokens that are looked up before a stage is free wait for nothing after.

    Example:

    ```mlir
    %tokens = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      %token = arith.addi %first, %row : i32
      rdtile.yield %token : i32
    }
    ```
  }];
  let results = (outs RDTile_Tokens:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict `:` qualified(type($result)) $body";
  let hasVerifier = 1;
}

def RDTile_CopyRowsOp : RDTile_Op<"copy_rows"> {
  let summary = "copy listed rows into a tile";
  let description = [{
    By the threads that hold the tokens. With `vectors` each moves 16 bytes at a
    time without waiting (see `rdtile.arrive_copies` and `rdtile.commit_copies`),
    8 columns; with `elements` one element at a time, for tensors that are not
    aligned to 16 bytes. `whole`
    promises that no token is -1.

    Example:

    ```mlir
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : memref<?x?x?x128xbf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
    ```
  }];
  let arguments = (ins EnumProp<RDTile_CopyMethod>:$method,
                       MemRefRankOf<[AnyFloat], [4]>:$source, I32:$batch,
                       RDTile_Tokens:$tokens, I32:$head, RDTile_Tile:$tile,
                       UnitAttr:$whole);
  let assemblyFormat = [{
    $method $source `[` $batch `,` $tokens `,` $head `]` `to` $tile (`whole` $whole^)?
    attr-dict `:` type($source) `,` qualified(type($tokens)) `,` qualified(type($tile))
  }];
  let hasVerifier = 1;
}

def RDTile_CommitCopiesOp : RDTile_Op<"commit_copies"> {
  let summary = "make one group of this thread's row copies since the last";
  let description = [{
    Where blocks have no mbarriers: `rdtile.wait_copies` waits for groups. A
    group may be empty.

    Example:

    ```mlir
    rdtile.commit_copies
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def RDTile_WaitCopiesOp : RDTile_Op<"wait_copies"> {
  let summary = "wait for this thread's groups of row copies";
  let description = [{
    Waits until at most `in_flight` of the groups committed last are still on
    their way. A `gpu.barrier` then shows what they brought to other threads.

    Example:

    ```mlir
    rdtile.wait_copies in_flight(1)
    ```
  }];
  let arguments = (ins I64Attr:$in_flight);
  let assemblyFormat = "`in_flight` `(` $in_flight `)` attr-dict";
  let hasVerifier = 1;
}

def RDTile_ZeroRowsOp : RDTile_Op<"zero_rows"> {
  let summary = "zero the rows of a tile from `first` on";
  let description = [{
    By a warpgroup. A tensor map brings what follows a class in memory; where
    that is not finite, 0 times it would spoil a product.

    Example:

    ```mlir
    rdtile.zero_rows %tile from(%first) : !rdtile.tile<128x128xbf16>
    ```
  }];
  let arguments = (ins RDTile_Tile:$tile, I32:$first);
  let assemblyFormat = "$tile `from` `(` $first `)` attr-dict `:` qualified(type($tile))";
}

def RDTile_NegateRowsOp : RDTile_Op<"negate_rows"> {
  let summary = "change the sign of 64 rows of a tile";
  let description = [{
    By a warpgroup, rows `first` to `first + 63`.

    Example:

    ```mlir
    rdtile.negate_rows %tile from(%first) : !rdtile.tile<128x128xbf16>
    ```
  }];
  let arguments = (ins RDTile_Tile:$tile, I32:$first);
  let assemblyFormat = "$tile `from` `(` $first `)` attr-dict `:` qualified(type($tile))";
  let hasVerifier = 1;
}

def RDTile_StoreRowsOp : RDTile_Op<"store_rows"> {
  let summary = "write rows of a fragment to their tokens";
  let description = [{
    Row r goes to [batch, tokens[r], head, :] of a destination of f32
    or a 16-bit type; a token of -1 is not written. Columns past the
    destination's last dimension are dropped. With `vectors` the destination is
    aligned to 16 bytes and its last dimension a multiple of 8.

    Example:

    ```mlir
    rdtile.store_rows vectors %acc to %o[%batch, %tokens, %head]
        : !rdtile.accumulator<128>, memref<?x?x?x128xbf16>, !rdtile.rows<i32>
    ```
  }];
  let arguments = (ins EnumProp<RDTile_CopyMethod>:$method, RDTile_Accumulator:$value,
                       MemRefRankOf<[AnyFloat], [4]>:$target, I32:$batch, RDTile_Rows:$tokens, I32:$head);
  let assemblyFormat = [{
    $method $value `to` $target `[` $batch `,` $tokens `,` $head `]` attr-dict
    `:` qualified(type($value)) `,` type($target) `,` qualified(type($tokens))
  }];
  let hasVerifier = 1;
}

def RDTile_StoreScalarsOp : RDTile_Op<"store_scalars"> {
  let summary = "write one scalar of each row to its token";
  let description = [{
    Row r goes to [batch, head, tokens[r]]; a token of -1 is not written.

    Example:

    ```mlir
    rdtile.store_scalars %lse to %target[%batch, %head, %tokens]
        : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<i32>
    ```
  }];
  let arguments = (ins RDTile_Rows:$value, MemRefRankOf<[F32], [3]>:$target,
                       I32:$batch, I32:$head, RDTile_Rows:$tokens);
  let assemblyFormat = [{
    $value `to` $target `[` $batch `,` $head `,` $tokens `]` attr-dict
    `:` qualified(type($value)) `,` type($target) `,` qualified(type($tokens))
  }];
  let hasVerifier = 1;
}

def RDTile_LoadRowsOp : RDTile_Op<"load_rows"> {
  let summary = "read f32 rows into a fragment";
  let description = [{
    Row r comes from [batch, tokens[r], head, :]; where the token is -1, and in
    columns past the source's last dimension, it is 0. With `vectors` the source
    is aligned to 16 bytes and its last dimension a multiple of 8.

    Example:

    ```mlir
    %acc = rdtile.load_rows vectors %partial[%batch, %tokens, %head]
        : memref<?x?x?x128xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<128>
    ```
  }];
  let arguments = (ins EnumProp<RDTile_CopyMethod>:$method,
                       Arg<MemRefRankOf<[F32], [4]>, "rows", [MemRead]>:$source,
                       I32:$batch, RDTile_Rows:$tokens, I32:$head);
  let results = (outs RDTile_Accumulator:$value);
  let assemblyFormat = [{
    $method $source `[` $batch `,` $tokens `,` $head `]` attr-dict
    `:` type($source) `,` qualified(type($tokens)) `->` qualified(type($value))
  }];
  let hasVerifier = 1;
}

def RDTile_LoadScalarsOp : RDTile_Op<"load_scalars"> {
  let summary = "read one scalar of each row";
  let description = [{
    Row r's comes from [batch, head, tokens[r]]; where the token is -1 it is 0.

    Example:

    ```mlir
    %sums = rdtile.load_scalars %source[%batch, %head, %tokens]
        : memref<?x?x?xf32>, !rdtile.rows<i32> -> !rdtile.rows<f32>
    ```
  }];
  let arguments = (ins Arg<MemRefRankOf<[F32], [3]>, "scalars", [MemRead]>:$source,
                       I32:$batch, I32:$head, RDTile_Rows:$tokens);
  let results = (outs RDTile_Rows:$value);
  let assemblyFormat = [{
    $source `[` $batch `,` $head `,` $tokens `]` attr-dict
    `:` type($source) `,` qualified(type($tokens)) `->` qualified(type($value))
  }];
  let hasVerifier = 1;
}

#endif // RDTILE_COPY_OPS
