// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch -split-input-file -verify-diagnostics

// A merge becomes a launch only where it is one: attends, each with both of its
// results, of one q, k, v, scale and causal.

func.func @not_attends(%o0: tensor<1x16x2x8xf32>, %lse0: tensor<1x2x16xf32>) -> tensor<1x16x2x8xf32> {
  // expected-error@+1 {{'rdattn.merge' op must merge `rdattn.attend`s of the same q, k, v, scale and causal to become one launch}}
  %o, %lse = rdattn.merge (%o0, %lse0), (%o0, %lse0) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @crossed(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s}}
  %o, %lse = rdattn.merge (%0#0, %1#1), (%1#0, %0#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @other_keys(%q: tensor<1x16x2x8xf32>, %k: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %k, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @other_causal(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q causal partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @other_scale(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial scale(0.5) classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @other_run_time_scale(%q: tensor<1x16x2x8xf32>, %a: f32, %b: f32) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial scale(%a) classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial scale(%b) classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// -----

// An f32 partial of other inputs exists inside a launch only.

func.func @partial_alone(%q: tensor<1x16x2x8xbf16>) -> tensor<1x16x2x8xf32> {
  // expected-error@+1 {{'rdattn.attend' op must give o in the element type of q, k and v to become a launch: 'bf16', not 'f32'}}
  %o, %lse = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xbf16>
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @merge_to_f32(%q: tensor<1x16x2x8xf16>) -> tensor<1x16x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf16>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf16>
  // expected-error@+1 {{'rdattn.merge' op must give o in the element type of q, k and v to become a launch: 'f16', not 'f32'}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
