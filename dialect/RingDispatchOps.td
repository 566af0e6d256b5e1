//===- RingDispatchOps.td - The host's side of a ring's GPU launches -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RING_DISPATCH_OPS
#define RDATTN_RING_DISPATCH_OPS

include "dialect/DispatchOps.td"
include "dialect/RingOps.td"

def RDAttn_RingDispatchOp : RDAttn_Op<"ring.dispatch", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run the work table of a ring's step on a GPU";
  let description = [{
    What an `rdattn.ring.launch` with a GPU schedule becomes on the host, as an
    `rdattn.launch` becomes an `rdattn.dispatch`. Branches run one after another.

    Example:

    ```mlir
    rdattn.ring.dispatch @kernels [#rdattn.kernel<"attention_map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 197632>]
        ins(%q, %k, %v : memref<1x2048x16x128xbf16>, memref<1x?x1x128xbf16>, memref<1x?x1x128xbf16>)
        scale(%scale) table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
        partial(%p, %m, %s : memref<1x2048x16x128xf32>, memref<1x16x2048xf32>, memref<1x16x2048xf32>)
        outs(%o, %lse : memref<1x2048x16x128xbf16>, memref<1x16x2048xf32>) tile(128x128)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$module, RDAttn_KernelArrayAttr:$kernels,
                       Arg<RDAttn_MemRef, "queries", [MemRead]>:$q,
                       Arg<RDAttn_MemRef, "keys", [MemRead]>:$k,
                       Arg<RDAttn_MemRef, "values", [MemRead]>:$v, F32:$scale,
                       Arg<RDAttn_ItemsMemRef, "work items", [MemRead]>:$items,
                       Arg<RDAttn_ListMemRef, "row lists", [MemRead]>:$lists,
                       Arg<RDAttn_ListMemRef, "item ranges", [MemRead]>:$phases,
                       Arg<Variadic<AnyMemRef>, "sums so far", [MemRead, MemWrite]>:$partial,
                       Arg<RDAttn_MemRef, "results", [MemWrite]>:$o,
                       Arg<Optional<RDAttn_LseMemRef>, "denominators", [MemWrite]>:$lse,
                       UnitAttr:$initial, I64Attr:$queries, I64Attr:$keys,
                       DefaultValuedAttr<I64Attr, "0">:$room);
  let assemblyFormat = [{
    $module $kernels
    `ins` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    `scale` `(` $scale `)`
    `table` `(` $items `,` $lists `,` $phases `:` type($items) `,` type($lists) `,` type($phases) `)`
    `partial` `(` $partial `:` type($partial) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)`
    (`initial` $initial^)? `tile` `(` custom<Tile>($queries, $keys) `)`
    (`room` `(` $room^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def RDAttn_RingFinishDispatchOp : RDAttn_Op<"ring.dispatch_finish", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "give o and lse of what a ring's steps added up on a GPU";
  let description = [{
    What an `rdattn.ring.finish` of device memory becomes on the host.

    Example:

    ```mlir
    rdattn.ring.dispatch_finish @kernels #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>
        partial(%p, %m, %s : memref<1x2048x16x128xf32>, memref<1x16x2048xf32>, memref<1x16x2048xf32>)
        outs(%o, %lse : memref<1x2048x16x128xbf16>, memref<1x16x2048xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$module, RDAttn_KernelAttr:$kernel,
                       Arg<Variadic<AnyMemRef>, "sums", [MemRead]>:$partial,
                       Arg<RDAttn_MemRef, "results", [MemWrite]>:$o,
                       Arg<Optional<RDAttn_LseMemRef>, "denominators", [MemWrite]>:$lse);
  let assemblyFormat = [{
    $module $kernel `partial` `(` $partial `:` type($partial) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)` attr-dict
  }];
  let hasVerifier = 1;
}

def RDAttn_RingPostDispatchOp : RDAttn_Op<"ring.dispatch_post", [
    MemoryEffects<[MemWrite<RDAttn_RingResource>]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "begin the sends and receives of a step between GPUs";
  let description = [{
    What an `rdattn.ring.post` of device memory becomes on the host. Rows that do
    not lie in the tensors as they are sent are packed by one launch of the most
    special of `kernels` that the tensors allow, before they move; a kernel of
    kind `pack_elements` is always there. It reads a table of the rows, which the
    runtime plans: memref<?x6xi32>, whose columns are first, stride and tokens,
    first head and heads, and place. Row `first + i * stride` of head `head + h`
    goes to row `place + i * heads + h`, in each batch.

    Example:

    ```mlir
    %transfer = rdattn.ring.dispatch_post @kernels [#rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>,
                                                    #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>]
        %schedule[%step] of(%k, %v : memref<1x2048x4x128xbf16>, memref<1x2048x4x128xbf16>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$module, RDAttn_KernelArrayAttr:$kernels,
                       RDAttn_RingScheduleType:$schedule, Index:$step,
                       Arg<RDAttn_MemRef, "keys", [MemRead]>:$k,
                       Arg<RDAttn_MemRef, "values", [MemRead]>:$v);
  let results = (outs RDAttn_TransferType:$transfer);
  let assemblyFormat = [{
    $module $kernels $schedule `[` $step `]`
    `of` `(` $k `,` $v `:` type($k) `,` type($v) `)` attr-dict
  }];
  let hasVerifier = 1;
}

#endif // RDATTN_RING_DISPATCH_OPS
