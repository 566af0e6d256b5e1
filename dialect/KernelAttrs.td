//===- KernelAttrs.td - The kernels that a dispatch has ----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_KERNEL_ATTRS
#define RDATTN_KERNEL_ATTRS

include "dialect/RDAttnDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

/// Values are rdattn_kernel_kind's.
def RDAttn_KernelKind : I32Enum<"KernelKind", "what a kernel asks of a call", [
    I32EnumCase<"Map", 0, "map">,
    I32EnumCase<"Rows", 1, "rows">,
    I32EnumCase<"Elements", 2, "elements">,
    I32EnumCase<"Merge", 3, "merge">,
    I32EnumCase<"Finish", 4, "finish">,
    I32EnumCase<"PackVectors", 5, "pack_vectors">,
    I32EnumCase<"PackElements", 6, "pack_elements">]> {
  let cppNamespace = "::rdattn";
}

def RDAttn_KernelAttr : AttrDef<RDAttn_Dialect, "Kernel"> {
  let mnemonic = "kernel";
  let summary = "one GPU kernel and how it is launched";
  let description = [{
    A function of a GPU module, launched with blocks of `threads` threads and
    `shared` bytes of dynamic shared memory each. What it asks of a call:

    | kind | |
    |---|---|
    | `map` | every item can be read by a tensor map, and tensors are aligned to 16 bytes |
    | `rows` | tensors are aligned to 16 bytes |
    | `elements` | nothing |
    | `merge` | not an attention: it merges the partial results of one |
    | `finish` | nor this: it gives o and lse of what a ring's steps added up |
    | `pack_vectors` | nor this: it packs what a ring's step sends, of tensors aligned to 16 bytes |
    | `pack_elements` | the same, of any tensors |

    `roles` has one letter for each group of the function's parameters:

    | letter | parameters |
    |---|---|
    | `q` `k` `v` `o` | a tensor of rank 4, as the words of its memref descriptor |
    | `l` | lse, rank 3 |
    | `K` `V` | where rows of k and v are packed: rank 4, dense, with one head |
    | `s` | the scale, f32 |
    | `i` `r` `p` | the work table on the device: items, rows, phases |
    | `c` | memref<2xi32>: counters that are zero between launches |
    | `m` | the tensor maps of q, k and v, by value |
    | `P` | rank 5, of o's element type: each branch's o by branch, batch, token, head and column |
    | `A` | rank 4, f32: o times its sums, that the steps of a ring add to |
    | `X` `Y` | rank 3, f32: the maxima and the sums of those rows |
    | `S` | memref<2x?x?x?x?xf32>: maximum and sum of each partial row by branch, batch, head and token |

    Example:

    ```mlir
    #kernel = #rdattn.kernel<"attention_map", kind = map, roles = "mqkvosircl", threads = 384, shared = 197632>
    ```
  }];
  let parameters = (ins StringRefParameter<"name in the GPU module">:$function,
                        EnumParameter<RDAttn_KernelKind>:$kind,
                        StringRefParameter<"parameter groups">:$roles,
                        "int64_t":$threads, "int64_t":$shared);
  let assemblyFormat = "`<` $function `,` struct($kind, $roles, $threads, $shared) `>`";
  let genVerifyDecl = 1;
}

def RDAttn_KernelArrayAttr
    : TypedArrayAttrBase<RDAttn_KernelAttr, "the kernels to choose from">;

#endif // RDATTN_KERNEL_ATTRS
