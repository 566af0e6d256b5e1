// RUN: rdattn-opt %s -convert-rdattn-attention-to-attend | FileCheck %s

// A function that is one attention of its first three arguments keeps the
// definition of what it computes.

// CHECK-LABEL: @everything
// CHECK-SAME: rdattn.definition = "{\22causal\22:true,\22pattern\22:{\22branches\22:[
// CHECK-SAME: {\22offsets\22:\22per_head\22,\22repeat\22:true,\22segments\22:[{\22length\22:2048},{\22dilation\22:2,\22length\22:4096,\22order\22:\22hilbert\22,\22window\22:64}]},
// CHECK-SAME: {\22repeat\22:true,\22segments\22:[{\22length\22:64,\22order\22:[4,16],\22window\22:1}]}],\22detach_mixing\22:true},\22scale\22:-0.125}"
func.func @everything(%q: tensor<1x?x2x8xf32>, %k: tensor<1x?x2x8xf32>, %v: tensor<1x?x2x8xf32>)
    -> (tensor<1x?x2x8xf32>, tensor<1x2x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal scale(-0.125)
      pattern [2048, 4096 dilation 2 order hilbert window 64] repeat per_head
              + [64 order hilbert<4x16> window 1] repeat detach_mixing
      : tensor<1x?x2x8xf32>
  return %o, %lse : tensor<1x?x2x8xf32>, tensor<1x2x?xf32>
}

// The lse may be left out, and so may the scale.

// CHECK-LABEL: @defaults
// CHECK-SAME: rdattn.definition = "{\22causal\22:false,\22pattern\22:{\22branches\22:[{\22segments\22:[{\22length\22:64}]}]},\22scale\22:null}"
func.func @defaults(%q: tensor<1x64x2x8xf32>, %k: tensor<1x64x2x8xf32>, %v: tensor<1x64x2x8xf32>)
    -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// A scale given at run time is not part of the definition.

// CHECK-LABEL: @run_time_scale
// CHECK-SAME: \22scale\22:null}"
func.func @run_time_scale(%q: tensor<1x64x2x8xf32>, %k: tensor<1x64x2x8xf32>,
                          %v: tensor<1x64x2x8xf32>, %s: f32) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v scale(%s) pattern [64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// How a sequence lies on a ring is; what of it is known at run time alone is null.

// CHECK-LABEL: @on_ring
// CHECK-SAME: \22ring\22:{\22layout\22:\22zigzag\22,\22size\22:4,\22tokens\22:64},\22scale\22:null}"
func.func @on_ring(%q: tensor<1x16x2x8xf32>, %k: tensor<1x16x2x8xf32>, %v: tensor<1x16x2x8xf32>,
                   %ring: !rdattn.ring<4, zigzag, tokens = 64>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v on(%ring : !rdattn.ring<4, zigzag, tokens = 64>) pattern [64] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @on_any_ring
// CHECK-SAME: \22ring\22:{\22layout\22:\22striped\22,\22size\22:null,\22tokens\22:null},
func.func @on_any_ring(%q: tensor<1x?x2x8xf32>, %k: tensor<1x?x2x8xf32>, %v: tensor<1x?x2x8xf32>,
                       %ring: !rdattn.ring<?, striped, tokens = ?>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v on(%ring : !rdattn.ring<?, striped, tokens = ?>) pattern [64] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @swapped_arguments
// CHECK-NOT: rdattn.definition
// CHECK-LABEL: @only_lse
// CHECK-NOT: rdattn.definition
// CHECK-LABEL: @more_than_attention
// CHECK-NOT: rdattn.definition
func.func @swapped_arguments(%k: tensor<1x64x2x8xf32>, %q: tensor<1x64x2x8xf32>, %v: tensor<1x64x2x8xf32>)
    -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

func.func @only_lse(%q: tensor<1x64x2x8xf32>, %k: tensor<1x64x2x8xf32>, %v: tensor<1x64x2x8xf32>)
    -> tensor<1x2x64xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x8xf32>
  return %lse : tensor<1x2x64xf32>
}

func.func @more_than_attention(%q: tensor<1x64x2x8xf32>, %k: tensor<1x64x2x8xf32>, %v: tensor<1x64x2x8xf32>)
    -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x8xf32>
  %o1, %lse1 = rdattn.attention %o, %k, %v pattern [64] : tensor<1x64x2x8xf32>
  return %o1 : tensor<1x64x2x8xf32>
}
