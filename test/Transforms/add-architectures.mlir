// RUN: rdattn-opt %s --rdattn-add-architectures | FileCheck %s
// RUN: rdattn-opt %s --rdattn-add-architectures -o %t.once
// RUN: rdattn-opt %t.once --rdattn-add-architectures | diff %t.once -

// A function for each kind of GPU, side by side.

// CHECK-LABEL: func.func @attention(
// CHECK-SAME: attributes {rdattn.architecture = "sm_90a", rdattn.definition = "{}"}
// CHECK: rdattn.attend
// CHECK: func.func @attention_sm80_0(
// CHECK-SAME: attributes {rdattn.alternative_of = "attention", rdattn.architecture = "sm_80", rdattn.definition = "{}"}
// CHECK: rdattn.attend
func.func @attention(%q: tensor<1x16x2x8xbf16>) -> tensor<1x16x2x8xbf16> attributes {rdattn.definition = "{}"} {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xbf16>
  return %o : tensor<1x16x2x8xbf16>
}

// Its name was taken, by a function without an attention.

// CHECK: func.func @attention_sm80(%{{[^:]*}}: f32) -> f32 {
// CHECK-NOT: rdattn.architecture
func.func @attention_sm80(%x: f32) -> f32 {
  return %x : f32
}

// What nobody calls from outside is no function of the module.

// CHECK: func.func private @hidden(
// CHECK-NOT: rdattn.architecture
func.func private @hidden(%q: tensor<1x16x2x8xf16>) -> tensor<1x16x2x8xf16> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf16>
  return %o : tensor<1x16x2x8xf16>
}

// Of f32 there is one code for all.

// CHECK: func.func @exact(
// CHECK-NOT: rdattn.architecture
// CHECK-NOT: func.func
func.func @exact(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
