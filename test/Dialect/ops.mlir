// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -mlir-print-op-generic | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -emit-bytecode | rdattn-opt | FileCheck %s

// CHECK-LABEL: @attention
// CHECK-SAME: (%[[Q:.*]]: tensor<1x14336x12x64xbf16>, %[[S:.*]]: f32)
func.func @attention(%q: tensor<1x14336x12x64xbf16>, %s: f32) {
  // CHECK: %{{.*}}, %{{.*}} = rdattn.attention %[[Q]], %[[Q]], %[[Q]] causal scale(1.250000e-01)
  // CHECK-SAME: pattern [2048, 4096 dilation 2 order hilbert, 8192 dilation 4] : tensor<1x14336x12x64xbf16>{{$}}
  %0:2 = rdattn.attention %q, %q, %q causal scale(0.125)
      pattern [2048, 4096 dilation 2 order hilbert, 8192 dilation 4]
      : tensor<1x14336x12x64xbf16>
  // CHECK: rdattn.attention %[[Q]], %[[Q]], %[[Q]] scale(%[[S]])
  // CHECK-SAME: pattern [2048] repeat per_head + [4096 dilation 2] repeat per_head detach_mixing {note = 1 : i64} :
  %1:2 = rdattn.attention %q, %q, %q scale(%s)
      pattern [2048] repeat per_head + [4096 dilation 2] repeat per_head detach_mixing
      {note = 1} : tensor<1x14336x12x64xbf16>
  // CHECK: rdattn.attention %[[Q]], %[[Q]], %[[Q]] pattern [14336] :
  %2:2 = rdattn.attention %q, %q, %q pattern [14336] : tensor<1x14336x12x64xbf16>
  return
}

// What one of q, k and v says of B, S and G, the results say.

// CHECK-LABEL: @dynamic
func.func @dynamic(%q: tensor<2x?x?x64xf16>, %k: tensor<?x?x4x64xf16>,
                   %v: tensor<?x4096x?x32xf16>)
    -> (tensor<2x4096x?x32xf16>, tensor<2x?x4096xf32>) {
  // CHECK: rdattn.attention {{.*}} : tensor<2x?x?x64xf16>, tensor<?x?x4x64xf16>, tensor<?x4096x?x32xf16>
  %o, %lse = rdattn.attention %q, %k, %v pattern [1024] repeat
      : tensor<2x?x?x64xf16>, tensor<?x?x4x64xf16>, tensor<?x4096x?x32xf16>
  // CHECK: return %{{.*}}, %{{.*}} : tensor<2x4096x?x32xf16>, tensor<2x?x4096xf32>
  return %o, %lse : tensor<2x4096x?x32xf16>, tensor<2x?x4096xf32>
}

// CHECK-LABEL: @empty
func.func @empty(%q: tensor<2x0x4x8xf32>, %h: tensor<2x16x0x8xf32>) {
  // CHECK: rdattn.attention
  %0:2 = rdattn.attention %q, %q, %q pattern [16] : tensor<2x0x4x8xf32>
  // CHECK: rdattn.attention
  %1:2 = rdattn.attention %h, %h, %h pattern [16] : tensor<2x16x0x8xf32>
  // CHECK: rdattn.attend {{.*}} classes [] :
  %2:2 = rdattn.attend %q, %q, %q classes [] : tensor<2x0x4x8xf32>
  return
}

// A constant scale keeps every bit of its f32.

// CHECK-LABEL: @scales
func.func @scales(%q: tensor<1x16x1x8xf32>) {
  // CHECK: scale(2.000000e+00)
  %0:2 = rdattn.attention %q, %q, %q scale(2) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(-3.000000e+00)
  %1:2 = rdattn.attention %q, %q, %q scale(-3) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(0.0883883461)
  %2:2 = rdattn.attention %q, %q, %q scale(0.08838834764) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(1.250000e-01)
  %3:2 = rdattn.attention %q, %q, %q scale(0x3E000000) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(-0.000000e+00)
  %4:2 = rdattn.attention %q, %q, %q scale(-0.0) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(1.401300e-45)
  %5:2 = rdattn.attention %q, %q, %q scale(1.4e-45) pattern [16] : tensor<1x16x1x8xf32>
  // CHECK: scale(0.000000e+00)
  %6:2 = rdattn.attention %q, %q, %q scale(0) pattern [16] : tensor<1x16x1x8xf32>
  return
}

// CHECK-LABEL: @attend
func.func @attend(%q: tensor<1x6144x12x64xbf16>, %s: f32)
    -> (tensor<1x6144x12x64xf32>, tensor<1x12x6144xf32>) {
  // CHECK: rdattn.attend %{{.*}}, %{{.*}}, %{{.*}} causal partial scale(%{{.*}}) classes [contiguous 0 to 2048, strided 2048 to 6144 stride 2] per_head : tensor<1x6144x12x64xbf16>
  %o, %lse = rdattn.attend %q, %q, %q causal partial scale(%s)
      classes [contiguous 0 to 2048, strided 2048 to 6144 stride 2] per_head
      : tensor<1x6144x12x64xbf16>
  return %o, %lse : tensor<1x6144x12x64xf32>, tensor<1x12x6144xf32>
}

// CHECK-LABEL: @merge
// CHECK-SAME: (%[[O:.*]]: tensor<1x6144x12x64xf32>, %[[L:.*]]: tensor<1x12x6144xf32>)
func.func @merge(%o: tensor<1x6144x12x64xf32>, %lse: tensor<1x12x6144xf32>) {
  // CHECK: rdattn.merge (%[[O]], %[[L]]), (%[[O]], %[[L]]) detach_mixing : tensor<1x6144x12x64xf32> to tensor<1x6144x12x64xbf16>
  %0:2 = rdattn.merge (%o, %lse), (%o, %lse) detach_mixing
      : tensor<1x6144x12x64xf32> to tensor<1x6144x12x64xbf16>
  // CHECK: rdattn.merge (%[[O]], %[[L]]) : tensor<1x6144x12x64xf32> to tensor<1x6144x12x64xf32>
  %1:2 = rdattn.merge (%o, %lse)
      : tensor<1x6144x12x64xf32> to tensor<1x6144x12x64xf32>
  return
}

// CHECK-LABEL: @launch
func.func @launch(%q: tensor<1x?x12x64xf32>, %k: tensor<1x?x4x64xf32>, %scale: f32,
                  %o: tensor<1x?x12x64xf32>, %lse: tensor<1x12x?xf32>,
                  %b: index, %s: index, %h: index, %g: index)
    -> (tensor<1x?x12x64xf32>, tensor<1x12x?xf32>) {
  // CHECK: %[[ITEMS:.*]], %[[ROWS:.*]], %[[PHASES:.*]] = rdattn.plan batch(%{{[^)]*}}) tokens(%{{[^)]*}}) heads(%{{[^)]*}}) causal queries(256) order(longest_first)
  // CHECK-SAME: classes [contiguous 0 to 2048] + [strided 0 to 4096 stride 2] per_head : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>
  %items, %rows, %phases = rdattn.plan batch(%b) tokens(%s) heads(%h, %g) causal
      queries(256) order(longest_first)
      classes [contiguous 0 to 2048] + [strided 0 to 4096 stride 2] per_head
      : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>
  // CHECK: rdattn.plan {{.*}} queries(128) order(longest_first) group(16) without_runs without_isolation classes [contiguous 0 to 2048]
  %grouped:3 = rdattn.plan batch(%b) tokens(%s) heads(%h, %g) causal
      queries(128) order(longest_first) group(16) without_runs without_isolation classes [contiguous 0 to 2048]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // A group of 0 is all of a branch, and not printed.
  // CHECK: rdattn.plan {{.*}} queries(128) order(plain) classes [contiguous 0 to 2048]
  %plain:3 = rdattn.plan batch(%b) tokens(%s) heads(%h, %g)
      queries(128) order(plain) group(0) classes [contiguous 0 to 2048]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.launch ins(%{{[^:]*}} : tensor<1x?x12x64xf32>, tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>) scale(%{{[^)]*}})
  // CHECK-SAME: table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>)
  // CHECK-SAME: outs(%{{[^:]*}} : tensor<1x?x12x64xf32>, tensor<1x12x?xf32>)
  // CHECK-SAME: causal gathered windowed isolated epilogue(merge)
  // CHECK-SAME: schedule(#rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>)
  %0:2 = rdattn.launch ins(%q, %k, %k : tensor<1x?x12x64xf32>, tensor<1x?x4x64xf32>, tensor<1x?x4x64xf32>)
      scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>)
      outs(%o, %lse : tensor<1x?x12x64xf32>, tensor<1x12x?xf32>)
      causal gathered windowed isolated epilogue(merge)
      schedule(#rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>)
  // CHECK: return %[[O]], %[[LSE]]
  return %0#0, %0#1 : tensor<1x?x12x64xf32>, tensor<1x12x?xf32>
}

// CHECK-LABEL: @launch_for_hopper
func.func @launch_for_hopper(%q: tensor<1x?x12x64xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // CHECK: rdattn.launch {{.*}} epilogue(store) schedule(#rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x?x12x64xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q : tensor<1x?x12x64xbf16>) epilogue(store)
      schedule(#rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  return
}

// CHECK-LABEL: @launch_on_memrefs
func.func @launch_on_memrefs(%q: memref<1x?x12x64xf32, strided<[?, ?, ?, 1], offset: ?>>,
                             %o: memref<1x?x12x64xf32>, %scale: f32,
                             %items: memref<?x9xi32>, %rows: memref<?xi32>) {
  // CHECK: rdattn.launch ins(%{{[^:]*}} : memref<1x?x12x64xf32, strided<[?, ?, ?, 1], offset: ?>>)
  // CHECK-SAME: outs(%{{[^:]*}} : memref<1x?x12x64xf32>) epilogue(store) schedule(#rdattn.cpu<{{[^>]*}}>) {note}
  rdattn.launch ins(%q, %q, %q : memref<1x?x12x64xf32, strided<[?, ?, ?, 1], offset: ?>>)
      scale(%scale)
      table(%items, %rows, %rows : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x?x12x64xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 16, keys = 4, lanes = 8, vectors = 2, rows = 4, order = plain>)
      {note}
  return
}
