// The pattern of a function as JSON, and back.

// RUN: rdattn-translate --rdattn-pattern-to-json %s | FileCheck %s
// RUN: rdattn-translate --rdattn-pattern-to-json %s > %t.json
// RUN: rdattn-translate --rdattn-json-to-pattern %t.json > %t.mlir
// RUN: rdattn-translate --rdattn-pattern-to-json %t.mlir | diff %t.json -

// CHECK:      {
// CHECK-NEXT:   "branches": [
// CHECK-NEXT:     {
// CHECK-NEXT:       "offsets": "per_head",
// CHECK-NEXT:       "repeat": true,
// CHECK-NEXT:       "segments": [
// CHECK-NEXT:         {
// CHECK-NEXT:           "dilation": 2,
// CHECK-NEXT:           "length": 2048
// CHECK-NEXT:         }
// CHECK-NEXT:       ]
// CHECK-NEXT:     },
// CHECK:            "length": 4096,
// CHECK-NEXT:       "order": "hilbert",
// CHECK-NEXT:       "window": 64
// CHECK:            "order": [
// CHECK-NEXT:         32,
// CHECK-NEXT:         128
// CHECK:        "detach_mixing": true

func.func @attention(%q: tensor<1x?x2x32xf32>, %k: tensor<1x?x2x32xf32>,
                     %v: tensor<1x?x2x32xf32>) -> tensor<1x?x2x32xf32> {
  %o, %lse = rdattn.attention %q, %k, %v
      pattern [2048 dilation 2] repeat per_head +
              [4096 order hilbert window 64, 4096 order hilbert<32x128>]
              detach_mixing
      : tensor<1x?x2x32xf32>
  return %o : tensor<1x?x2x32xf32>
}
