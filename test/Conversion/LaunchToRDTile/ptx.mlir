// RUN: rdattn-opt %s --rdattn-lower-to="level=nvvm target=cuda" --rdattn-serialize-kernels=format=ptx \
// RUN:   | sed 's/\\0A/\n/g; s/\\09/ /g' > %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: FileCheck %s --input-file=%t.ptx --check-prefix=NONE

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Whole kernels: what is in them, and that nothing else is. Loops stay rolled, and
// everything is inlined and in registers: a call or a local array between products
// would serialise them.

// NONE: .visible .entry attention_map(
// NONE-NOT: .local
// NONE-NOT: call
// NONE-NOT: .func
// NONE: .visible .entry merge(
// NONE-NOT: .local
// NONE-NOT: call

// CHECK-LABEL: .visible .entry attention_map(
// CHECK-NEXT: .param .align 64 .b8 attention_map_param_0[2816],
// CHECK: .maxntid 384
// CHECK: .minnctapersm 1
// CHECK: fence.mbarrier_init.release.cluster;
// CHECK: shfl.sync.idx
// CHECK: setmaxnreg.inc.sync.aligned.u32 240;
// The first tile's scores: four steps of 16 columns of D 64.
// CHECK-COUNT-4: wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16
// CHECK: wgmma.wait_group.sync.aligned 0;
// Scores and outputs of a tile in the loop, then the last outputs alone.
// CHECK-COUNT-8: wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16
// CHECK: wgmma.wait_group.sync.aligned 1;
// CHECK: ex2.approx.ftz.f32
// CHECK: wgmma.wait_group.sync.aligned 0;
// CHECK: cvt.rn.bf16x2.f32
// CHECK-COUNT-4: wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16
// CHECK-NOT: wgmma.mma_async
// CHECK: setmaxnreg.dec.sync.aligned.u32 24;
// CHECK: cp.async.bulk.tensor.5d
// CHECK: atom.relaxed.gpu.global.add.u32
// CHECK: atom.acq_rel.gpu.global.inc.u32

// CHECK-LABEL: .visible .entry attention_rows(
// CHECK: cp.async.cg.shared.global.L2::128B
// CHECK: cp.async.mbarrier.arrive.noinc.shared.b64

// CHECK-LABEL: .visible .entry attention_elements(
// CHECK-NOT: cp.async
// CHECK: st.shared.b16

// CHECK-LABEL: .visible .entry merge(
// CHECK: .maxntid 256
// CHECK: .minnctapersm 5
// No division of 64 bits; four branches' statistics and rows are read before any row
// is used.
// CHECK-NOT: {{(div|rem)}}.{{[us]}}64
// CHECK-COUNT-8: ld.global.b32
// CHECK-COUNT-4: ld.global.v4.b32
// CHECK-NOT: ld.global
// CHECK: ex2.approx.ftz.f32
// CHECK: st.global.v4.b32
// CHECK: bar.warp.sync
func.func @whole(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(merge) schedule(#sm90)
  return
}
