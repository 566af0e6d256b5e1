// DEFINE: %{launch} = rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse
// RUN: %{launch} | FileCheck %s
// RUN: %{launch} | FileCheck %s --check-prefix=DISPATCH

// All warps copy and compute: no barriers but the block's, no maps.

#bf16 = #rdattn.sm80<queries = 256, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>
#f32 = #rdattn.sm80<queries = 64, keys = 16, stages = 1, warpgroups = 1, order = plain, group = 0>

!q = memref<?x?x?x32xbf16, strided<[?, ?, ?, 1], offset: ?>>
!f = memref<?x?x?x20xf32, strided<[?, ?, ?, 1], offset: ?>>
!lse = memref<?x?x?xf32, strided<[?, ?, 1], offset: ?>>

// DISPATCH: rdattn.dispatch @attention_kernels [#rdattn.kernel<"attention_rows", kind = rows, roles = "qkvolsirc", threads = 256, shared = 65664>, #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvolsirc", threads = 256, shared = 65664>]
// DISPATCH-SAME: tile(256x64)
// Rows of 21 columns are not whole vectors of eight.
// DISPATCH: rdattn.dispatch {{.*}} [#rdattn.kernel<"attention_elements", kind = elements, roles = "qkvPSpsirc", threads = 128, shared = 12416>, #rdattn.kernel<"merge", kind = merge,
func.func @launches(%q: !q, %f: !f, %s: f32, %items: memref<?x9xi32>, %words: memref<?xi32>, %lse: !lse) {
  rdattn.launch ins(%q, %q, %q : !q, !q, !q) scale(%s) table(%items, %words, %words : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%q, %lse : !q, !lse) causal epilogue(store) schedule(#bf16)
  rdattn.launch ins(%f, %f, %f : !f, !f, !f) scale(%s) table(%items, %words, %words : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%f : !f) epilogue(merge) schedule(#f32)
  return
}

// CHECK: gpu.module @attention_kernels [#nvvm.target<{{.*}}chip = "sm_80", features = "+ptx74">]
// CHECK-LABEL: gpu.func @attention_rows
// CHECK: %[[Q:.*]] = rdtile.shared offset(0) : !rdtile.ring<1, 256x32xbf16>
// CHECK: %[[K:.*]] = rdtile.shared offset(32768) : !rdtile.ring<2, 64x32xbf16>
// CHECK: %[[V:.*]] = rdtile.shared
// CHECK: scf.while
// The queries and the last tile are on their way while the next item is fetched.
// CHECK: rdtile.copy_rows vectors {{.*}} to %{{.*}} : {{.*}}, !rdtile.tile<256x32xbf16>
// CHECK: rdtile.copy_rows vectors
// CHECK: rdtile.copy_rows vectors
// CHECK: rdtile.commit_copies
// CHECK: rdtile.next_item
// CHECK: rdtile.wait_copies in_flight(0)
// CHECK-NEXT: gpu.barrier
// CHECK: rdtile.negate_rows
// CHECK: rdtile.negate_rows
// A step waits for its tile, starts the next one's copy and multiplies both of a
// warpgroup's blocks of 64 rows at once.
// CHECK: scf.for
// CHECK: rdtile.wait_copies in_flight(0)
// CHECK-NEXT: gpu.barrier
// CHECK: scf.if
// CHECK: rdtile.copy_rows vectors {{.*}} whole
// CHECK: rdtile.copy_rows vectors {{.*}} whole
// CHECK: rdtile.commit_copies
// CHECK: rdtile.lookup
// CHECK: rdtile.start_scores {{.*}} -> !rdtile.pending<64>, !rdtile.pending<64>
// CHECK: rdtile.start_outputs {{.*}} -> !rdtile.pending<32>, !rdtile.pending<32>
// CHECK: scf.for
// CHECK: rdtile.start_scores
// CHECK: gpu.barrier
// CHECK: rdtile.store_rows vectors
// CHECK: rdtile.store_rows vectors
// CHECK: rdtile.retire

// Elements have arrived when their copy returns.
// CHECK-LABEL: gpu.func @attention_elements
// CHECK-NOT: rdtile.commit_copies
// CHECK-NOT: rdtile.wait_copies

// One stage: a tile is copied once the step before has read its own.
// CHECK: gpu.module @{{.*}} [#nvvm.target<{{.*}}chip = "sm_80"
// CHECK-LABEL: gpu.func @attention_elements
// CHECK: rdtile.shared offset(8192) : !rdtile.ring<1, 16x20xf32>
// CHECK: rdtile.negate_rows
// CHECK: scf.for
// CHECK: gpu.barrier
// CHECK: rdtile.copy_rows elements
// CHECK: rdtile.copy_rows elements
// CHECK-NEXT: gpu.barrier
// CHECK: rdtile.start_scores {{.*}} : !rdtile.tile<64x20xf32>, !rdtile.tile<16x20xf32> -> !rdtile.pending<16>
