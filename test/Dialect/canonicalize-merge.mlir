// RUN: rdattn-opt %s -canonicalize | FileCheck %s

// S6: the merge of one attend is that attend, no longer partial.

// CHECK-LABEL: @single
// CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.attend {{.*}} causal scale(2.000000e+00) classes [contiguous 0 to 64] : tensor<1x64x2x8xbf16>
// CHECK-NOT: rdattn.merge
// CHECK: return %[[O]], %[[LSE]], %[[LSE]]
func.func @single(%q: tensor<1x64x2x8xbf16>)
    -> (tensor<1x64x2x8xbf16>, tensor<1x2x64xf32>, tensor<1x2x64xf32>) {
  %p, %pl = rdattn.attend %q, %q, %q causal partial scale(2) classes [contiguous 0 to 64]
      : tensor<1x64x2x8xbf16>
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xbf16>
  return %o, %lse, %pl : tensor<1x64x2x8xbf16>, tensor<1x2x64xf32>, tensor<1x2x64xf32>
}

// CHECK-LABEL: @single_in_f32
// CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.attend {{.*}} partial
// CHECK-NOT: rdattn.merge
// CHECK: return %[[O]], %[[LSE]]
func.func @single_in_f32(%q: tensor<1x64x2x8xbf16>)
    -> (tensor<1x64x2x8xf32>, tensor<1x2x64xf32>) {
  %p, %pl = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x64x2x8xbf16>
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xf32>
  return %o, %lse : tensor<1x64x2x8xf32>, tensor<1x2x64xf32>
}

// A partial that others use is not computed twice; of what we do not see we do
// not know that its empty rows are 0; an lse of another attend is none.

// CHECK-LABEL: @used_partial
// CHECK: rdattn.merge
func.func @used_partial(%q: tensor<1x64x2x8xbf16>)
    -> (tensor<1x64x2x8xbf16>, tensor<1x64x2x8xf32>) {
  %p, %pl = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x64x2x8xbf16>
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xbf16>
  return %o, %p : tensor<1x64x2x8xbf16>, tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @unseen_partial
// CHECK: rdattn.merge
func.func @unseen_partial(%p: tensor<1x64x2x8xf32>, %pl: tensor<1x2x64xf32>)
    -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @foreign_lse
// CHECK: rdattn.merge
func.func @foreign_lse(%q: tensor<1x64x2x8xf32>, %pl: tensor<1x2x64xf32>) -> tensor<1x64x2x8xf32> {
  %p, %own = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x64x2x8xf32>
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @another_type
// CHECK: rdattn.merge
func.func @another_type(%q: tensor<1x64x2x8xf16>) -> tensor<1x64x2x8xbf16> {
  %p, %pl = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x64x2x8xf16>
  %o, %lse = rdattn.merge (%p, %pl) : tensor<1x64x2x8xf32> to tensor<1x64x2x8xbf16>
  return %o : tensor<1x64x2x8xbf16>
}

// S5: an attend without classes adds nothing; here S leaves none.

// CHECK-LABEL: @empty_partial
// CHECK-COUNT-2: rdattn.attend {{.*}} partial classes [{{(contiguous|strided)}}
// CHECK: rdattn.merge (%{{[^,]*}}, %{{[^,]*}}), (%{{[^,]*}}, %{{[^,]*}}) detach_mixing :
func.func @empty_partial(%q: tensor<1x64x2x8xbf16>) -> tensor<1x64x2x8xbf16> {
  %a:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x64x2x8xbf16>
  %b:2 = rdattn.attend %q, %q, %q partial classes [contiguous 64 to 128] : tensor<1x64x2x8xbf16>
  %c:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 64 stride 2] : tensor<1x64x2x8xbf16>
  %o, %lse = rdattn.merge (%a#0, %a#1), (%b#0, %b#1), (%c#0, %c#1) detach_mixing
      : tensor<1x64x2x8xf32> to tensor<1x64x2x8xbf16>
  return %o : tensor<1x64x2x8xbf16>
}

// Where all are empty, one stays; it alone is the result.

// CHECK-LABEL: @all_empty
// CHECK: %[[O:.*]], %{{.*}} = rdattn.attend {{.*}} classes [] : tensor<1x0x2x8xbf16>
// CHECK-NOT: rdattn
// CHECK: return %[[O]]
func.func @all_empty(%q: tensor<1x0x2x8xbf16>) -> tensor<1x0x2x8xbf16> {
  %a:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 64] : tensor<1x0x2x8xbf16>
  %b:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 64 stride 2] : tensor<1x0x2x8xbf16>
  %o, %lse = rdattn.merge (%a#0, %a#1), (%b#0, %b#1) : tensor<1x0x2x8xf32> to tensor<1x0x2x8xbf16>
  return %o : tensor<1x0x2x8xbf16>
}
