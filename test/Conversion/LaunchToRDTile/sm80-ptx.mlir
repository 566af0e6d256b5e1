// DEFINE: %{compile} = rdattn-opt %s --rdattn-lower-to="level=nvvm target=cuda" --rdattn-serialize-kernels

// Kernels of sm_80 down to PTX, and to code without spills where there is a
// ptxas.

// RUN: %{compile}=format=ptx | sed 's/\\0A/\n/g; s/\\09/ /g' | FileCheck %s
// RUN: %if ptxas %{ %{compile}=format=cubin 2>&1 | FileCheck %s --check-prefix=CUBIN --implicit-check-not=warning: %}

// CHECK: .version 7.4
// CHECK-NEXT: .target sm_80
// CHECK: .visible .entry attention_rows(
// CHECK: cp.async.cg.shared.global.L2::128B
// CHECK: cp.async.commit_group;
// CHECK: atom.relaxed.gpu.global.add.u32
// CHECK: cp.async.wait_group 0;
// CHECK-NEXT: // end inline asm
// CHECK: bar.sync 0;
// CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK: mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// CHECK: ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
// CHECK: .visible .entry attention_elements(
// CHECK-NOT: cp.async
// CHECK: .visible .entry attention_rows(
// CHECK: cvt.rna.tf32.f32
// CHECK: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// CHECK: .visible .entry merge(

// CUBIN-COUNT-5: spill_loads = 0 : i64, spill_stores = 0 : i64

#bf16 = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>
#f32 = #rdattn.sm80<queries = 64, keys = 32, stages = 2, warpgroups = 1, order = plain, group = 0>

!q = memref<?x?x?x128xbf16, strided<[?, ?, ?, 1], offset: ?>>
!f = memref<?x?x?x32xf32, strided<[?, ?, ?, 1], offset: ?>>
!lse = memref<?x?x?xf32, strided<[?, ?, 1], offset: ?>>

func.func @launches(%q: !q, %f: !f, %s: f32, %items: memref<?x9xi32>, %words: memref<?xi32>, %lse: !lse) {
  rdattn.launch ins(%q, %q, %q : !q, !q, !q) scale(%s) table(%items, %words, %words : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%q, %lse : !q, !lse) causal gathered epilogue(store) schedule(#bf16)
  rdattn.launch ins(%f, %f, %f : !f, !f, !f) scale(%s) table(%items, %words, %words : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%f : !f) epilogue(merge) schedule(#f32)
  return
}
