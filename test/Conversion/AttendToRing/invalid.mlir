// RUN: rdattn-opt %s --convert-rdattn-attend-to-ring -split-input-file -verify-diagnostics

// A merge of attends on different rings has no common steps.

func.func @rings(%q: tensor<1x4x2x8xf32>, %a: !rdattn.ring<2, striped, tokens = 8>, %b: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial on(%a : !rdattn.ring<2, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x4x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial on(%b : !rdattn.ring<2, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x4x2x8xf32>
  // expected-error@+1 {{must merge `rdattn.attend`s of the same q, k, v, scale and causal to become one launch}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x4x2x8xf32> to tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// -----

func.func @element(%q: tensor<1x4x2x8xbf16>, %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{must give o in the element type of q, k and v to become a launch: 'bf16', not 'f32'}}
  %o, %lse = rdattn.attend %q, %q, %q partial on(%ring : !rdattn.ring<2, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x4x2x8xbf16>
  return %o : tensor<1x4x2x8xf32>
}

// -----

func.func @large(%q: tensor<1x?x2x8xf32>, %ring: !rdattn.ring<4, striped, tokens = 2147483648>) -> tensor<1x?x2x8xf32> {
  // expected-error@+1 {{B, S and H must be below 2^31, but one is 2147483648}}
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<4, striped, tokens = 2147483648>) classes [contiguous 0 to 2147483648] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}
