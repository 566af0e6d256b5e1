// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda -split-input-file -verify-diagnostics

func.func @float32(%q: tensor<1x16x2x257xf32>) -> tensor<1x16x2x257xf32> {
  // expected-error@+1 {{D = 257 exceeds the limit of CUDA kernels: D and Dv must be at most 256}}
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x257xf32>
  return %o : tensor<1x16x2x257xf32>
}

// -----

func.func @head_dim(%q: tensor<1x16x2x257xbf16>, %v: tensor<1x16x2x8xbf16>) -> tensor<1x16x2x8xbf16> {
  // expected-error@+1 {{D = 257 exceeds the limit of CUDA kernels: D and Dv must be at most 256}}
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 16]
      : tensor<1x16x2x257xbf16>, tensor<1x16x2x257xbf16>, tensor<1x16x2x8xbf16>
  return %o : tensor<1x16x2x8xbf16>
}

// -----

func.func @value_dim(%q: tensor<1x16x2x8xf16>, %v: tensor<1x16x2x512xf16>) -> tensor<1x16x2x512xf16> {
  %0:2 = rdattn.attend %q, %q, %v partial classes [contiguous 0 to 16]
      : tensor<1x16x2x8xf16>, tensor<1x16x2x8xf16>, tensor<1x16x2x512xf16>
  // expected-error@+1 {{Dv = 512 exceeds the limit of CUDA kernels: D and Dv must be at most 256}}
  %o, %lse = rdattn.merge (%0#0, %0#1), (%0#0, %0#1) : tensor<1x16x2x512xf32> to tensor<1x16x2x512xf16>
  return %o : tensor<1x16x2x512xf16>
}
