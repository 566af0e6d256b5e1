// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda-sm90a -verify-diagnostics

func.func @step(%q: tensor<1x4x2x8xbf16>, %o: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index, %plan: !rdattn.ring_schedule) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{runs on target cpu so far: rings of GPUs are not built yet}}
  %0:3 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>) scale(%scale)
      outs(%o, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) initial -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>
  return %0#0 : tensor<1x4x2x8xf32>
}
