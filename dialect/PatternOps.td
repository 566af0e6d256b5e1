//===- PatternOps.td - What to compute, and over which rows *- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PATTERN_OPS
#define RDATTN_PATTERN_OPS

include "dialect/ClassAttrs.td"
include "dialect/RingTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class RDAttn_Op<string mnemonic, list<Trait> traits = []>
    : Op<RDAttn_Dialect, mnemonic, traits>;

def RDAttn_Float : AnyTypeOf<[F32, F16, BF16]>;
/// [batch, tokens, heads, head_dim], with a static head_dim.
def RDAttn_Tensor : TensorRankOf<[RDAttn_Float], [4]>;
/// [batch, heads, tokens], natural logarithm.
def RDAttn_LseTensor : TensorRankOf<[F32], [3]>;

def RDAttn_AttentionOp : RDAttn_Op<"attention", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "attention over a pattern";
  let description = [{
    Attention of `q: [B,S,H,D]` on `k: [B,S,G,D]` and `v: [B,S,G,Dv]`, where a
    row sees the keys its pattern allows; H is a multiple of G, and query head h
    uses key/value head h / (H / G). Results are `o: [B,S,H,Dv]` in the element
    type of the inputs and `lse: [B,H,S]` in f32, the natural logarithm of the
    softmax denominators of the scaled scores.

    `causal` hides later tokens, whatever the order (S1). The scale is a
    constant or an f32 value, and 1/sqrt(D) where it is left out. B, S, H and G
    may be dynamic; a dynamic S longer than a branch that does not repeat is
    reported when the kernel is called (S2).

    One type serves where q, k and v share it.

    `on` a ring q, k and v are this rank's shards of a longer sequence, and so
    are o and lse; S is the ring's number of tokens (S8). The same operation
    serves every rank.

    Example:

    ```mlir
    %o, %lse = rdattn.attention %q, %k, %v causal scale(0.125)
        pattern [2048, 4096 dilation 2 order hilbert, 8192 dilation 4]
        : tensor<1x14336x12x64xbf16>
    %o1, %lse1 = rdattn.attention %q, %k, %v causal on(%ring : !rdattn.ring<4, zigzag, tokens = 57344>)
        pattern [2048, 4096 dilation 2] repeat : tensor<1x14336x12x64xbf16>
    ```
  }];
  let arguments = (ins RDAttn_Tensor:$q, RDAttn_Tensor:$k, RDAttn_Tensor:$v,
                       Optional<F32>:$scale, Optional<RDAttn_RingType>:$ring,
                       OptionalAttr<F32Attr>:$scaleValue,
                       UnitAttr:$causal, RDAttn_PatternAttr:$pattern);
  let results = (outs RDAttn_Tensor:$o, RDAttn_LseTensor:$lse);
  let assemblyFormat = [{
    $q `,` $k `,` $v (`causal` $causal^)? (`on` `(` $ring^ `:` qualified(type($ring)) `)`)?
    (custom<Scale>($scale, $scaleValue)^)? `pattern` custom<PatternBody>($pattern) attr-dict
    `:` custom<InputTypes>(type($q), type($k), type($v))
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// S: of q, k and v, or of the sequence that lies on the ring.
    int64_t getTokens() {
      return getRing() ? getRing().getType().getTokens() : getLse().getType().getDimSize(2);
    }
  }];
}

def RDAttn_AttendOp : RDAttn_Op<"attend", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "attention over explicit residue classes";
  let description = [{
    One branch of an attention, with every class as an index map. Rows in no
    class, and with `per_head` those of the classes a head does not compute, are
    empty: o = 0, lse = -inf (S5, S7). Classes that end before a static S are an
    error (S2). `partial` keeps o in f32, for a merge.

    Example:

    ```mlir
    %o, %lse = rdattn.attend %q, %k, %v causal
        classes [contiguous 0 to 2048, strided 2048 to 6144 stride 2]
        : tensor<1x6144x12x64xbf16>
    ```
  }];
  let arguments = (ins RDAttn_Tensor:$q, RDAttn_Tensor:$k, RDAttn_Tensor:$v,
                       Optional<F32>:$scale, Optional<RDAttn_RingType>:$ring,
                       OptionalAttr<F32Attr>:$scaleValue,
                       UnitAttr:$causal, UnitAttr:$partial,
                       RDAttn_BranchClassesAttr:$classes);
  let results = (outs RDAttn_Tensor:$o, RDAttn_LseTensor:$lse);
  let assemblyFormat = [{
    $q `,` $k `,` $v (`causal` $causal^)? (`partial` $partial^)?
    (`on` `(` $ring^ `:` qualified(type($ring)) `)`)? (custom<Scale>($scale, $scaleValue)^)?
    `classes` custom<BranchClassesBody>($classes) attr-dict
    `:` custom<InputTypes>(type($q), type($k), type($v))
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// S: of q, k and v, or of the sequence that lies on the ring.
    int64_t getTokens() {
      return getRing() ? getRing().getType().getTokens() : getLse().getType().getDimSize(2);
    }
  }];
}

def RDAttn_MergeOp : RDAttn_Op<"merge", [Pure, SameVariadicOperandSize]> {
  let summary = "merge of attentions by their softmax denominators";
  let description = [{
    With m = max of the lse, l = m + log(sum of exp(lse - m)) and
    o = sum of o * exp(lse - l); where every lse is -inf, o = 0 and lse = -inf
    (S6, S9). Partials are f32; the result has the element type it is asked for.

    Example:

    ```mlir
    %o, %lse = rdattn.merge (%o0, %lse0), (%o1, %lse1)
        : tensor<1x6144x12x64xf32> to tensor<1x6144x12x64xbf16>
    ```
  }];
  let arguments = (ins Variadic<RDAttn_Tensor>:$partials,
                       Variadic<RDAttn_LseTensor>:$partialLses,
                       UnitAttr:$detachMixing);
  let results = (outs RDAttn_Tensor:$o, RDAttn_LseTensor:$lse);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // RDATTN_PATTERN_OPS
