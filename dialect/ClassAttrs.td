//===- ClassAttrs.td - Residue classes as attributes -------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CLASS_ATTRS
#define RDATTN_CLASS_ATTRS

include "dialect/PatternAttrs.td"

def RDAttn_ClassGroupAttr : RDAttn_Attr<"ClassGroup", "classes"> {
  let summary = "the residue classes of equal segments, as an index map";
  let description = [{
    The segment covers tokens `first to end`, clipped to the tokens that exist.

    | written | rows |
    |---|---|
    | `contiguous 0 to 2048` | one class, row i is token i |
    | `strided 6144 to 14336 stride 4` | 4 classes; row i of class c is token 6144 + c + 4i (E3) |
    | `gathered 2048 to 6144 stride 2 order hilbert<32x128>` | 2 classes by position along the curve, each sorted by token (E2) |
    | `... runs 64 by 2` | every 64 rows of a class are 2 tokens apart (E4) |
    | `... window 64` | rows less than 64 apart see each other (S11); a gathered class then stays in curve order |
    | `... window 1` | every row sees itself alone |
    | `contiguous 0 to 2048 times 7 every 2048` | seven such segments, 2048 tokens apart |
    | `... times ? every 2048` | as many as cover the tokens that exist |

    Example:

    ```mlir
    #classes = #rdattn.classes<gathered 2048 to 6144 stride 2 order hilbert<32x128> runs 64 by 2>
    ```
  }];
  let parameters = (ins "::rdattn::planner::ClassGroup":$value);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def RDAttn_BranchClassesAttr : RDAttn_Attr<"BranchClasses", "branch_classes"> {
  let summary = "all classes of one branch";
  let description = [{
    Groups that share no token; `per_head` as in a branch (S7).

    Example:

    ```mlir
    #rows = #rdattn.branch_classes<[contiguous 0 to 2048, strided 2048 to 6144 stride 2] per_head>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"::rdattn::ClassGroupAttr">:$groups,
                        "bool":$perHead);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::rdattn::planner::BranchClasses getBranchClasses() const;
    static BranchClassesAttr get(::mlir::MLIRContext *context,
                                 const ::rdattn::planner::BranchClasses &branch);
  }];
}

def RDAttn_BranchClassesArrayAttr
    : TypedArrayAttrBase<RDAttn_BranchClassesAttr, "the classes of each branch">;

#endif // RDATTN_CLASS_ATTRS
