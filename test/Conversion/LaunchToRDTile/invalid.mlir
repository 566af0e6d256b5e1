// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile -verify-diagnostics

func.func @launch_on_tensors(%q: tensor<1x16x2x64xf16>, %scale: f32, %items: tensor<?x9xi32>,
                             %rows: tensor<?xi32>, %phases: tensor<2xi32>) -> tensor<1x16x2x64xf16> {
  %empty = tensor.empty() : tensor<1x16x2x64xf16>
  // expected-error@+1 {{'rdattn.launch' op must be on memrefs to become GPU kernels; bufferise it first}}
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x64xf16>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x16x2x64xf16>) epilogue(store)
      schedule(#rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>)
  return %o : tensor<1x16x2x64xf16>
}
