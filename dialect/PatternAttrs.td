//===- PatternAttrs.td - The pattern as attributes ---------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PATTERN_ATTRS
#define RDATTN_PATTERN_ATTRS

include "dialect/RDAttnDialect.td"
include "mlir/IR/AttrTypeBase.td"

class RDAttn_Attr<string name, string attrMnemonic> : AttrDef<RDAttn_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def RDAttn_SegmentAttr : RDAttn_Attr<"Segment", "segment"> {
  let summary = "consecutive tokens with one dilation, order and window";
  let description = [{
    `length` tokens, split into `dilation` residue classes of their position in
    the segment's order. A row of a class attends to the rows of its class;
    with `window` w, to those less than w rows away (S11).

    | written | meaning |
    |---|---|
    | `2048` | 2048 tokens, one class |
    | `4096 dilation 2` | two classes: even and odd positions |
    | `4096 order hilbert` | positions along the curve of the default grid (S3) |
    | `4096 order hilbert<32x128>` | positions along the curve of 32 rows x 128 columns |
    | `4096 window 64` | each row sees itself and 63 rows on either side |

    Example:

    ```mlir
    #segment = #rdattn.segment<4096 dilation 2 order hilbert<32x128> window 64>
    ```
  }];
  let parameters = (ins "::rdattn::planner::Segment":$value);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def RDAttn_BranchAttr : RDAttn_Attr<"Branch", "branch"> {
  let summary = "segments laid one after another from token 0";
  let description = [{
    `repeat` cycles the list until every token is covered (S2); without it a
    longer input is an error. `per_head` is LongNet's offset: query head h
    computes only class h / ceil(H / dilation) of each segment (S7).

    Example:

    ```mlir
    #branch = #rdattn.branch<[2048, 4096 dilation 2] repeat per_head>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"::rdattn::SegmentAttr">:$segments,
                        "bool":$repeat, "bool":$perHead);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::rdattn::planner::Branch getBranch() const;
  }];
}

def RDAttn_PatternAttr : RDAttn_Attr<"Pattern", "pattern"> {
  let summary = "branches, merged by their softmax denominators";
  let description = [{
    Branches are joined with `+`: the result is one softmax over the union of
    their keys, a key counted once for each branch that allows it (S6).
    `detach_mixing` keeps gradients from flowing through the mixing weights; it
    does not change the forward pass.

    Example:

    ```mlir
    #longnet = #rdattn.pattern<[2048] repeat per_head + [4096 dilation 2] repeat per_head>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"::rdattn::BranchAttr">:$branches,
                        "bool":$detachMixing);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::rdattn::planner::Pattern getPattern() const;
    static PatternAttr get(::mlir::MLIRContext *context,
                           const ::rdattn::planner::Pattern &pattern);
  }];
}

#endif // RDATTN_PATTERN_ATTRS
