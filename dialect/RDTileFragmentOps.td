//===- RDTileFragmentOps.td - What a warpgroup computes ----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_FRAGMENT_OPS
#define RDTILE_FRAGMENT_OPS

include "dialect/RDTileBarrierOps.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def RDTile_Combining : I32Enum<"Combining", "how scalars are combined", [
    I32EnumCase<"Max", 0, "max">, I32EnumCase<"Add", 1, "add">]> {
  let cppNamespace = "::rdattn::rdtile";
}

def RDTile_Fragment : AnyTypeOf<[RDTile_Accumulator, RDTile_Rows]>;

def RDTile_SplatOp : RDTile_Op<"splat", [Pure]> {
  let summary = "one scalar in every place";
  let description = [{
    Example:

    ```mlir
    %zero = rdtile.splat %c : f32 -> !rdtile.accumulator<128>
    ```
  }];
  let arguments = (ins AnyType:$scalar);
  let results = (outs RDTile_Fragment:$result);
  let assemblyFormat = "$scalar attr-dict `:` type($scalar) `->` type($result)";
  let hasVerifier = 1;
}

def RDTile_MapOp : RDTile_Op<"map", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "compute every place from the same place of the operands";
  let description = [{
    The region takes the elements and yields one of the result. Rows stand for
    all columns of an accumulator. With `indexed` the region's first arguments
    are the row in the warpgroup's 64, and for an accumulator the column.

    Example:

    ```mlir
    %p = rdtile.map %s, %shift : !rdtile.accumulator<128>, !rdtile.rows<f32>
        -> !rdtile.accumulator<128> {
    ^bb0(%x: f32, %y: f32):
      %d = math.fma %x, %scale, %y : f32
      %e = math.exp2 %d : f32
      rdtile.yield %e : f32
    }
    ```
  }];
  let arguments = (ins Variadic<RDTile_Fragment>:$operands, UnitAttr:$indexed);
  let results = (outs RDTile_Fragment:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`indexed` $indexed^)? ($operands^ `:` type($operands))? `->` type($result) attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

def RDTile_YieldOp : RDTile_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["MapOp", "LookupOp"]>]> {
  let summary = "the region's element";
  let description = [{
    Example:

    ```mlir
    %number = rdtile.map indexed -> !rdtile.rows<i32> {
    ^bb0(%row: i32):
      rdtile.yield %row : i32
    }
    ```
  }];
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def RDTile_ReduceOp : RDTile_Op<"reduce", [Pure]> {
  let summary = "combine the columns that a thread holds";
  let description = [{
    Adds the thread's own columns of each row to `initial`;
    `rdtile.combine` then joins the threads of a row.

    Example:

    ```mlir
    %m = rdtile.reduce max %s, %m0
        : !rdtile.accumulator<128>, !rdtile.rows<f32> -> !rdtile.rows<f32>
    ```
  }];
  let arguments = (ins EnumProp<RDTile_Combining>:$kind, RDTile_Accumulator:$value,
                       RDTile_Rows:$initial);
  let results = (outs RDTile_Rows:$result);
  let assemblyFormat = [{
    $kind $value `,` $initial attr-dict `:` qualified(type($value)) `,`
    qualified(type($initial)) `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def RDTile_CombineOp : RDTile_Op<"combine", [AllTypesMatch<["value", "result"]>]> {
  let summary = "combine what the four threads of a row hold";
  let description = [{
    Example:

    ```mlir
    %all = rdtile.combine add %sum : !rdtile.rows<f32>
    ```
  }];
  let arguments = (ins EnumProp<RDTile_Combining>:$kind, RDTile_Rows:$value);
  let results = (outs RDTile_Rows:$result);
  let assemblyFormat = "$kind $value attr-dict `:` qualified(type($value))";
  let hasVerifier = 1;
}

def RDTile_ConvertOp : RDTile_Op<"convert", [Pure]> {
  let summary = "round an accumulator to the left operand of a product";
  let description = [{
    Example:

    ```mlir
    %p = rdtile.convert %s : !rdtile.accumulator<128> -> !rdtile.operand<128xbf16>
    ```
  }];
  let arguments = (ins RDTile_Accumulator:$value);
  let results = (outs RDTile_Operand:$result);
  let assemblyFormat = [{
    $value attr-dict `:` qualified(type($value)) `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def RDTile_StartScoresOp : RDTile_Op<"start_scores"> {
  let summary = "start a product q * transpose(k) of tiles in shared memory";
  let description = [{
    Rows `first` to `first + 63` of q by all rows of k; a second result is that
    of the next 64 rows of q, which read k together with the first. The product
    runs while later instructions go on (on sm_80 it does not);
    `rdtile.wait_mma` gives its result. f32 is multiplied as three products of
    tf32, whose sum has f32's precision.

    Example:

    ```mlir
    %s = rdtile.start_scores %q rows(%first), %k
        : !rdtile.tile<128x128xbf16>, !rdtile.tile<176x128xbf16> -> !rdtile.pending<176>
    ```
  }];
  let arguments = (ins RDTile_Tile:$q, I32:$first, RDTile_Tile:$k);
  let results = (outs Variadic<RDTile_Pending>:$scores);
  let assemblyFormat = [{
    $q `rows` `(` $first `)` `,` $k attr-dict
    `:` qualified(type($q)) `,` qualified(type($k)) `->` qualified(type($scores))
  }];
  let hasVerifier = 1;
}

def RDTile_StartOutputsOp : RDTile_Op<"start_outputs", [AttrSizedOperandSegments]> {
  let summary = "start a product p * v, p in registers, added to an accumulator";
  let description = [{
    Without `into` the sum starts at zero. The operand's registers, like the
    result's, belong to the product until `rdtile.wait_mma`. Several operands
    read v together; each has its own result.

    Example:

    ```mlir
    %next = rdtile.start_outputs %p, %v into %o
        : !rdtile.operand<128xbf16>, !rdtile.tile<128x64xbf16> -> !rdtile.pending<64>
    ```
  }];
  let arguments = (ins Variadic<RDTile_Operand>:$p, RDTile_Tile:$v,
                       Variadic<RDTile_Accumulator>:$initial);
  let results = (outs Variadic<RDTile_Pending>:$sums);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def RDTile_WaitMmaOp : RDTile_Op<"wait_mma"> {
  let summary = "wait for products in flight";
  let description = [{
    Waits until at most `in_flight` of the products started last are still
    running; `pending` must not be one of them.

    Example:

    ```mlir
    %s = rdtile.wait_mma %pending in_flight(1) : !rdtile.pending<128>
    ```
  }];
  let arguments = (ins RDTile_Pending:$pending, I64Attr:$in_flight);
  let results = (outs RDTile_Accumulator:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def RDTile_HoldWaitsOp : RDTile_Op<"hold_waits"> {
  let summary = "keep later waits behind the computing of some values";
  let description = [{
    ptxas moves a wait for products up, past arithmetic that comes before it and
    could run beside the products. It does not move one past `factors`, which
    must be at most 1 (what online softmax rescales by is): their use is a store
    that never happens. On sm_80 there is nothing to hold.

    Example:

    ```mlir
    rdtile.hold_waits %rescale : !rdtile.rows<f32>
    ```
  }];
  let arguments = (ins RDTile_Rows:$factors);
  let assemblyFormat = "$factors attr-dict `:` qualified(type($factors))";
  let hasVerifier = 1;
}

#endif // RDTILE_FRAGMENT_OPS
