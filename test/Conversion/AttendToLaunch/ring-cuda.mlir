// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda-sm90a | FileCheck %s
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda-sm80 | FileCheck %s --check-prefix=SM80

// On a GPU the tables of the steps are cut, and sorted, for its schedule. What
// the pattern may hide is said: a window here, and causal.

// CHECK-LABEL: @step
// CHECK: rdattn.ring.plan {{.*}} causal queries(192) order(longest_first) group(32) classes
// CHECK: rdattn.ring.launch {{.*}} initial causal windowed listed schedule(#rdattn.sm90<
// SM80-LABEL: @step
// SM80: rdattn.ring.plan {{.*}} causal queries(128) order(longest_first) group(16) classes
// SM80: rdattn.ring.launch {{.*}} initial causal windowed listed schedule(#rdattn.sm80<
func.func @step(%q: tensor<1x4x2x8xbf16>, %p: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index,
                %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xbf16> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%c1) rows(%c1) heads(%c1, %c1) causal classes [contiguous 0 to 8 window 3] : !rdattn.ring_schedule
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>) scale(%scale)
      partial(%p, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xbf16>) initial causal
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xbf16>
  return %0#3 : tensor<1x4x2x8xbf16>
}

// Between shards causal of a Hilbert class is no band.

// CHECK-LABEL: @curve
// CHECK: rdattn.ring.launch {{.*}} outs({{[^)]*}}) causal listed schedule(
func.func @curve(%q: tensor<1x4x2x8xbf16>, %p: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index,
                 %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xbf16> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%c1) rows(%c1) heads(%c1, %c1) causal classes [gathered 0 to 8 stride 2 order hilbert<2x4>] : !rdattn.ring_schedule
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>) scale(%scale)
      partial(%p, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xbf16>) causal
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xbf16>
  return %0#3 : tensor<1x4x2x8xbf16>
}

// Without either nothing is hidden.

// CHECK-LABEL: @full
// CHECK: rdattn.ring.launch {{.*}} outs({{[^)]*}}) schedule(
func.func @full(%q: tensor<1x4x2x8xbf16>, %p: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index,
                %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xbf16> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%c1) rows(%c1) heads(%c1, %c1) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>) scale(%scale)
      partial(%p, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xbf16>)
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xbf16>
  return %0#3 : tensor<1x4x2x8xbf16>
}
