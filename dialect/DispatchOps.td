//===- DispatchOps.td - The host's side of a GPU launch ----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DISPATCH_OPS
#define RDATTN_DISPATCH_OPS

include "dialect/KernelAttrs.td"
include "dialect/LaunchOps.td"
include "mlir/IR/SymbolInterfaces.td"

def RDAttn_MemRef : MemRefRankOf<[RDAttn_Float], [4]>;
def RDAttn_LseMemRef : MemRefRankOf<[F32], [3]>;
def RDAttn_ItemsMemRef : MemRefRankOf<[I32], [2]>;
def RDAttn_ListMemRef : MemRefRankOf<[I32], [1]>;

def RDAttn_DispatchOp : RDAttn_Op<"dispatch", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run the work table on a GPU, by the kernel that fits the call";
  let description = [{
    What an `rdattn.launch` with a GPU schedule becomes on the host: the runtime
    takes the most special of `kernels` that the tensors and the table allow, of
    the GPU module (`gpu.module`, or `gpu.binary` once it is code) that the
    symbol names. Operands are those of the launch; `tile` is queries x keys.
    With `epilogue(fill)` and `epilogue(merge)` the attention writes partial
    results, and a kernel of kind `merge` follows it.

    Example:

    ```mlir
    rdattn.dispatch @kernels [#rdattn.kernel<"attention_map", kind = map, roles = "mqkvosircl", threads = 384, shared = 197632>]
        ins(%q, %k, %v : memref<1x6144x16x128xbf16>) scale(%scale)
        table(%items, %rows, %phases : memref<768x9xi32>, memref<0xi32>, memref<2xi32>)
        outs(%o, %lse : memref<1x6144x16x128xbf16>, memref<1x16x6144xf32>)
        epilogue(store) tile(128x176)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$module, RDAttn_KernelArrayAttr:$kernels,
                       Arg<RDAttn_MemRef, "queries", [MemRead]>:$q,
                       Arg<RDAttn_MemRef, "keys", [MemRead]>:$k,
                       Arg<RDAttn_MemRef, "values", [MemRead]>:$v, F32:$scale,
                       Arg<RDAttn_ItemsMemRef, "work items", [MemRead]>:$items,
                       Arg<RDAttn_ListMemRef, "row lists", [MemRead]>:$rows,
                       Arg<RDAttn_ListMemRef, "item ranges", [MemRead]>:$phases,
                       Arg<RDAttn_MemRef, "results", [MemWrite]>:$o,
                       Arg<Optional<RDAttn_LseMemRef>, "denominators", [MemWrite]>:$lse,
                       RDAttn_EpilogueAttr:$epilogue, I64Attr:$queries, I64Attr:$keys);
  let assemblyFormat = [{
    $module $kernels
    `ins` `(` $q `,` $k `,` $v `:` custom<InputTypes>(type($q), type($k), type($v)) `)`
    `scale` `(` $scale `)`
    `table` `(` $items `,` $rows `,` $phases `:` type($items) `,` type($rows) `,` type($phases) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)`
    `epilogue` `(` custom<EpilogueName>($epilogue) `)`
    `tile` `(` custom<Tile>($queries, $keys) `)` attr-dict
  }];
  let hasVerifier = 1;
}

#endif // RDATTN_DISPATCH_OPS
