//===- LaunchOps.td - One launch: its work table and its kernel *- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_LAUNCH_OPS
#define RDATTN_LAUNCH_OPS

include "dialect/PatternOps.td"
include "dialect/ScheduleAttrs.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"

/// Tensors until bufferisation, memrefs after it.
def RDAttn_Buffer : AnyTypeOf<[RDAttn_Tensor, MemRefRankOf<[RDAttn_Float], [4]>]>;
def RDAttn_LseBuffer : AnyTypeOf<[RDAttn_LseTensor, MemRefRankOf<[F32], [3]>]>;
def RDAttn_Items : AnyTypeOf<[TensorRankOf<[I32], [2]>, MemRefRankOf<[I32], [2]>]>;
def RDAttn_List : AnyTypeOf<[TensorRankOf<[I32], [1]>, MemRefRankOf<[I32], [1]>]>;

def RDAttn_PlanOp : RDAttn_Op<"plan", [Pure]> {
  let summary = "the work table of one launch";
  let description = [{
    Cuts every class of every branch, head and batch into work items of at most
    `queries` rows (E5). `items` has one row per work item:

    | column | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
    |---|---|---|---|---|---|---|---|---|---|
    | | batch | head | first query row | rows of the class | first token | stride | offset in `rows`, or -1 | rows per entry of `rows` | window, or 0 |

    Row i of an item's class is token `first + i * stride`, or
    `first + rows[offset + i / run] + (i % run) * stride` where it is gathered.
    The items of branch b are `phases[b]` up to `phases[b + 1]`, in `order`:
    `plain` goes class by class, in it by batch and head, and then by row.
    `longest_first` puts the items with the most keys first, inside groups of
    at most `group` consecutive (class, batch, head) triples (fewer where their
    classes have more than 65536 rows; all groups as large) or, without it, of
    all.

    With constant sizes the table becomes a constant in the module; otherwise
    the runtime plans once per shape. `without_runs` gives `rows` an entry for
    every row of a gathered class: GPU kernels look no further. Where every
    class of a segment has one row, as a dilated one that S cuts may leave them,
    these rows are one class with a window of 1; `without_isolation` leaves them
    apart, so that a kernel needs to know no window.

    Example:

    ```mlir
    %items, %rows, %phases = rdattn.plan batch(%b) tokens(%s) heads(%h, %g) causal
        queries(256) order(longest_first) group(16)
        classes [contiguous 0 to 2048] + [strided 0 to 4096 stride 2] per_head
        : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>
    ```
  }];
  let arguments = (ins Index:$batch, Index:$tokens, Index:$heads, Index:$kvHeads,
                       UnitAttr:$causal, I64Attr:$queries, RDAttn_TileOrderAttr:$order,
                       DefaultValuedAttr<I64Attr, "0">:$group,
                       UnitAttr:$without_runs, UnitAttr:$without_isolation,
                       RDAttn_BranchClassesArrayAttr:$branches);
  let results = (outs RDAttn_Items:$items, RDAttn_List:$rows, RDAttn_List:$phases);
  let assemblyFormat = [{
    `batch` `(` $batch `)` `tokens` `(` $tokens `)` `heads` `(` $heads `,` $kvHeads `)`
    (`causal` $causal^)? `queries` `(` $queries `)` `order` `(` custom<TileOrder>($order) `)`
    (`group` `(` $group^ `)`)? (`without_runs` $without_runs^)?
    (`without_isolation` $without_isolation^)? `classes` custom<BranchList>($branches) attr-dict
    `:` type($items) `,` type($rows) `,` type($phases)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What the runtime would plan, as the planner's data.
    ::rdattn::planner::PlanSpec getSpec();
  }];
}

def RDAttn_LaunchOp : RDAttn_Op<"launch", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "one fused kernel over a work table";
  let description = [{
    Computes every item of the table. `gathered`, `windowed` and `isolated` say
    that items of that kind may occur: with the element type, D, Dv, `causal`,
    the epilogue and the schedule they are the kernel's key, so that a new S or
    pattern of the same key needs no new kernel. A constant table is verified
    item by item against the sizes and these flags, so that an edited one does
    not read outside a tensor.

    | epilogue | |
    |---|---|
    | `store` | one branch that covers every row: rows are written as they are computed |
    | `fill` | one branch that leaves rows empty: o = 0 and lse = -inf are written first (S5) |
    | `merge` | several branches: rows are accumulated in f32 and written at the end (S6, S9) |

    Example:

    ```mlir
    %o, %lse = rdattn.launch ins(%q, %k, %v : tensor<1x6144x12x64xf32>) scale(%scale)
        table(%items, %rows, %phases : tensor<24x9xi32>, tensor<0xi32>, tensor<2xi32>)
        outs(%o0, %lse0 : tensor<1x6144x12x64xf32>, tensor<1x12x6144xf32>)
        causal epilogue(store)
        schedule(#rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>)
    ```
  }];
  let arguments = (ins RDAttn_Buffer:$q, RDAttn_Buffer:$k, RDAttn_Buffer:$v, F32:$scale,
                       RDAttn_Items:$items, RDAttn_List:$rows, RDAttn_List:$phases,
                       RDAttn_Buffer:$o, Optional<RDAttn_LseBuffer>:$lse,
                       UnitAttr:$causal, UnitAttr:$gathered, UnitAttr:$windowed,
                       UnitAttr:$isolated, RDAttn_EpilogueAttr:$epilogue,
                       RDAttn_ScheduleInterface:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable();
    bool hasBufferSemantics() { return getResults().empty(); }
  }];
}

#endif // RDATTN_LAUNCH_OPS
