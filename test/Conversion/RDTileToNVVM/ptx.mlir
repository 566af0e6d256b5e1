// DEFINE: %{compile} = rdattn-opt %s --rdattn-lower-to="level=nvvm target=cuda" --rdattn-serialize-kernels

// Every operation down to PTX, which ptxas takes where there is one.

// RUN: %{compile}=format=ptx | sed 's/\\0A/\n/g; s/\\09/ /g' | FileCheck %s
// RUN: %if ptxas %{ %{compile}=format=cubin 2>&1 | FileCheck %s --check-prefix=CUBIN --implicit-check-not=warning: %}

// CUBIN: gpu.binary @kernels
// CUBIN-SAME: kernel = "barriers"
// CUBIN-SAME: kernel = "rows_kernel"

#sm90 = #nvvm.target<chip = "sm_90a", features = "+ptx80">

gpu.module @kernels [#sm90] {
  // CHECK-LABEL: .visible .entry barriers(
  // CHECK: add.s32 %[[FULL:.*]], %{{.*}}, 64;
  // CHECK: mbarrier.init.shared.b64 [%[[FULL]]], %{{.*}};
  // CHECK: mbarrier.init.shared.b64 [
  // CHECK: fence.mbarrier_init.release.cluster;
  // CHECK: bar.sync 0;
  // Labels are unique in a kernel.
  // CHECK: { .reg .pred complete; WAIT_[[ID:.*]]: mbarrier.try_wait.parity.shared.b64 complete, [%[[AT:.*]]], %{{.*}}; @!complete bra WAIT_[[ID]]; }
  // CHECK-NOT: WAIT_[[ID]]
  // CHECK: mbarrier.try_wait.parity.shared.b64 complete,
  // CHECK: mbarrier.arrive.shared.b64 _, [%[[AT]]];
  // CHECK: bar.warp.sync -1;
  // CHECK: { .reg .pred first; setp.eq.u32 first, %{{.*}}, 0; @first mbarrier.arrive.shared.b64 _, [%[[AT]]]; }
  // CHECK: mov.b32 %[[BYTES:.*]], 32768;
  // CHECK: mbarrier.arrive.expect_tx.shared.b64 _, [%[[AT]]], %[[BYTES]];
  // CHECK: cp.async.mbarrier.arrive.noinc.shared.b64 [%[[AT]]];
  // CHECK: fence.proxy.async.shared::cta;
  // CHECK: mov.b32 %[[THREADS:.*]], 256;
  // CHECK: bar.sync %[[NAME:.*]], %[[THREADS]];
  // CHECK: bar.arrive %[[NAME]], %[[THREADS]];
  // Row 1, column 1 of the slots.
  // CHECK: st.shared.b32 [rdtile_shared+172],
  gpu.func @barriers(%i: i32, %parity: i32) kernel {
    %c1 = arith.constant 1 : index
    %full = rdtile.shared offset(64) : !rdtile.barriers<2>
    %slots = rdtile.shared offset(128) : memref<2x10xi32, #gpu.address_space<workgroup>>
    rdtile.init_barriers %full arrivals(3) : !rdtile.barriers<2>
    gpu.barrier
    rdtile.wait %full[%i] parity(%parity) : !rdtile.barriers<2>
    rdtile.wait %full[%i] parity(%i) : !rdtile.barriers<2>
    rdtile.arrive %full[%i] : !rdtile.barriers<2>
    rdtile.arrive_warp %full[%i] : !rdtile.barriers<2>
    rdtile.expect %full[%i] bytes(32768) : !rdtile.barriers<2>
    rdtile.arrive_copies %full[%i] : !rdtile.barriers<2>
    rdtile.fence_tiles
    rdtile.sync_warps %i threads(256)
    rdtile.signal_warps %i threads(256)
    memref.store %i, %slots[%c1, %c1] : memref<2x10xi32, #gpu.address_space<workgroup>>
    gpu.return
  }

  // The maps are read where the launch put them, not from a copy on the stack.

  // CHECK-LABEL: .visible .entry maps(
  // CHECK-NEXT: .param .align 64 .b8 maps_param_0[2816],
  // CHECK-NOT: .local
  // CHECK-DAG: mov.b64 %[[PARAMETER:.*]], maps_param_0;
  // CHECK-DAG: cvta.param.u64 %[[MAPS:.*]], %[[PARAMETER]];
  // CHECK-DAG: [maps_param_0+2688];
  // CHECK: add.s64 %[[MAP:.*]], %[[MAPS]], %{{.*}};
  // CHECK: mov.b32 %[[COLUMN:.*]], 0;
  // CHECK: cp.async.bulk.tensor.5d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%{{.*}}], [%[[MAP]], {%[[COLUMN]], %[[STEP:.*]], %[[RESIDUE:.*]], %[[RESIDUE]], %[[STEP]]}], [%[[BARRIER:.*]]];
  // CHECK: mov.b32 %[[COLUMN64:.*]], 64;
  // CHECK: cp.async.bulk.tensor.5d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%{{.*}}], [%[[MAP]], {%[[COLUMN64]], %[[STEP]], %[[RESIDUE]], %[[RESIDUE]], %[[STEP]]}], [%[[BARRIER]]];
  gpu.func @maps(%maps: !rdtile.maps, %a: i32, %b: i32) kernel attributes {rdtile.maps_argument = 0 : i64} {
    %ring = rdtile.shared offset(1024) : !rdtile.ring<2, 128x96xbf16>
    %full = rdtile.shared offset(65536) : !rdtile.barriers<2>
    %tile = rdtile.stage %ring[%a] : !rdtile.ring<2, 128x96xbf16>
    %map = rdtile.find_map %maps q stride(%a) last(%b)
    rdtile.copy_map %maps[%map] v at [%a, %b, %b, %a] to %tile signal %full[%b]
        : !rdtile.tile<128x96xbf16>, !rdtile.barriers<2>
    gpu.return
  }

  // Registers are exchanged, packed and multiplied where they are: no local memory.

  // CHECK-LABEL: .visible .entry fragments(
  // CHECK-NOT: .local
  // CHECK: .maxntid 256
  // CHECK: setmaxnreg.inc.sync.aligned.u32 240;
  // CHECK: wgmma.fence.sync.aligned;
  // CHECK: setp.ne.b32 accumulate, 0, 0; wgmma.mma_async.sync.aligned.m64n16k16.f32.bf16.bf16 {
  // CHECK-SAME: }, %{{.*}}, %{{.*}}, accumulate, 1, 1, 0, 0; }
  // CHECK: setp.ne.b32 accumulate, 1, 0; wgmma.mma_async.sync.aligned.m64n16k16.f32.bf16.bf16 {
  // CHECK: wgmma.commit_group.sync.aligned;
  // CHECK: wgmma.wait_group.sync.aligned 0;
  // CHECK: max.f32
  // CHECK: shfl.sync.bfly.b32
  // CHECK-COUNT-8: ex2.approx.ftz.f32
  // CHECK: lg2.approx.ftz.f32
  // CHECK: cvt.rn.bf16x2.f32
  // CHECK: wgmma.fence.sync.aligned;
  // CHECK: wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 {
  // CHECK-SAME: }, {%{{[^,]*}},%{{[^,]*}},%{{[^,]*}},%{{[^,]*}}}, %{{.*}}, accumulate, 1, 1, 1; }
  // CHECK: wgmma.commit_group.sync.aligned;
  // CHECK-COUNT-2: { .reg .pred never; setp.gt.f32 never, %[[FACTOR:.*]], 0f7F000000; @never st.shared.b32 [%[[FACTOR]]], %[[FACTOR]]; }
  // CHECK: wgmma.wait_group.sync.aligned 0;
  // CHECK: st.global.v4.b32 [
  // CHECK: st.global.b32 [
  // CHECK: setmaxnreg.dec.sync.aligned.u32 24;
  gpu.func @fragments(%to: memref<?x?x?x32xbf16, strided<[?, ?, ?, 1]>>, %lse: memref<?x?x?xf32>,
                      %i: i32, %low: f32) kernel
      attributes {known_block_size = array<i32: 256, 1, 1>, nvvm.minctasm = 1 : i32} {
    %c0 = arith.constant 0 : i32
    %qs = rdtile.shared offset(0) : !rdtile.ring<1, 64x32xbf16>
    %ks = rdtile.shared offset(8192) : !rdtile.ring<1, 16x32xbf16>
    %q = rdtile.stage %qs[%c0] : !rdtile.ring<1, 64x32xbf16>
    %k = rdtile.stage %ks[%c0] : !rdtile.ring<1, 16x32xbf16>
    rdtile.roles producer registers(24) {
    } consumers(1) registers(240) {
    ^bb0(%warpgroup: i32):
      %pending = rdtile.start_scores %q rows(%c0), %k : !rdtile.tile<64x32xbf16>, !rdtile.tile<16x32xbf16> -> !rdtile.pending<16>
      %s = rdtile.wait_mma %pending in_flight(0) : !rdtile.pending<16>
      %m0 = rdtile.splat %low : f32 -> !rdtile.rows<f32>
      %own = rdtile.reduce max %s, %m0 : !rdtile.accumulator<16>, !rdtile.rows<f32> -> !rdtile.rows<f32>
      %m = rdtile.combine max %own : !rdtile.rows<f32>
      %weights = rdtile.map %s, %m : !rdtile.accumulator<16>, !rdtile.rows<f32> -> !rdtile.accumulator<16> {
      ^bb0(%x: f32, %y: f32):
        %d = arith.subf %x, %y : f32
        %e = math.exp2 %d : f32
        rdtile.yield %e : f32
      }
      %logs = rdtile.map %m : !rdtile.rows<f32> -> !rdtile.rows<f32> {
      ^bb0(%x: f32):
        %l = math.log2 %x : f32
        rdtile.yield %l : f32
      }
      %tokens = rdtile.map indexed -> !rdtile.rows<i32> {
      ^bb0(%row: i32):
        %token = arith.addi %row, %i : i32
        rdtile.yield %token : i32
      }
      %p = rdtile.convert %weights : !rdtile.accumulator<16> -> !rdtile.operand<16xbf16>
      %product = rdtile.start_outputs %p, %k : !rdtile.operand<16xbf16>, !rdtile.tile<16x32xbf16> -> !rdtile.pending<32>
      rdtile.hold_waits %m : !rdtile.rows<f32>
      %o = rdtile.wait_mma %product in_flight(0) : !rdtile.pending<32>
      rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<32>, memref<?x?x?x32xbf16, strided<[?, ?, ?, 1]>>, !rdtile.rows<i32>
      rdtile.store_scalars %logs to %lse[%i, %i, %tokens] : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<i32>
    }
    gpu.return
  }

  // CHECK-LABEL: .visible .entry items(
  // CHECK: atom.relaxed.gpu.global.add.u32 %[[TICKET:.*]], [%{{.*}}], 1;
  // CHECK: mov.u32 %[[BLOCKS:.*]], %nctaid.x;
  // CHECK: add.s32 %{{.*}}, %[[TICKET]], %[[BLOCKS]];
  // CHECK: atom.acq_rel.gpu.global.inc.u32 %{{.*}}, [%[[COUNTER:.*]] + 4], %{{.*}};
  // CHECK: st.global.u32 [%[[COUNTER]]], 0;
  gpu.func @items(%counter: memref<2xi32>, %to: memref<?xi32>) kernel {
    %c0 = arith.constant 0 : index
    %item = rdtile.next_item %counter : memref<2xi32>
    memref.store %item, %to[%c0] : memref<?xi32>
    rdtile.retire %counter : memref<2xi32>
    gpu.return
  }

  // A lane keeps one address of a row and one in the tile; all else is inside the
  // instruction.

  // CHECK-LABEL: .visible .entry rows_kernel(
  // CHECK-NOT: .local
  // CHECK: mad.wide.s32 %[[FROM:.*]], %{{.*}}, %[[STRIDE:.*]], %[[START:.*]];
  // CHECK: cp.async.cg.shared.global.L2::128B [%[[TO:.*]] + 0], [%[[FROM]] + 0], 16;
  // CHECK: cp.async.cg.shared.global.L2::128B [%[[TO]] + 4096], [%[[FROM]] + 128], 16;
  // CHECK: mad.wide.s32 %[[NEXT:.*]], %{{.*}}, %[[STRIDE]], %[[START]];
  // CHECK: cp.async.cg.shared.global.L2::128B [%[[TO]] + 2048], [%[[NEXT]] + 0], 16;
  // CHECK: cp.async.cg.shared.global.L2::128B [%[[TO]] + 6144], [%[[NEXT]] + 128], 16;
  // CHECK: st.shared.b16 [
  // CHECK: ld.shared.v4.b32 {
  // CHECK: xor.b32 %{{.*}}, %{{.*}}, -2147450880;
  // CHECK: st.shared.v4.b32 [
  // CHECK: st.shared.v4.b32 [%{{.*}}], {%[[ZERO:.*]], %[[ZERO]], %[[ZERO]], %[[ZERO]]};
  gpu.func @rows_kernel(%k: memref<?x?x?x128xf16, strided<[?, ?, ?, 1]>>, %v: memref<?x?x?x9xf16, strided<[?, ?, ?, 1]>>,
                        %list: memref<?xi32>, %i: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ks = rdtile.shared offset(0) : !rdtile.ring<1, 32x128xf16>
    %vs = rdtile.shared offset(8192) : !rdtile.ring<1, 32x9xf16>
    %qs = rdtile.shared offset(12288) : !rdtile.ring<1, 64x9xf16>
    %kt = rdtile.stage %ks[%c0] : !rdtile.ring<1, 32x128xf16>
    %vt = rdtile.stage %vs[%c0] : !rdtile.ring<1, 32x9xf16>
    %qt = rdtile.stage %qs[%c0] : !rdtile.ring<1, 64x9xf16>
    %tokens = rdtile.lookup : !rdtile.tokens<32, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      %at = arith.index_cast %row : i32 to index
      %token = memref.load %list[%at] : memref<?xi32>
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%i, %tokens, %i] to %kt whole
        : memref<?x?x?x128xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<32, threads = 128, lanes = 8>, !rdtile.tile<32x128xf16>
    rdtile.copy_rows elements %v[%i, %tokens, %i] to %vt
        : memref<?x?x?x9xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<32, threads = 128, lanes = 8>, !rdtile.tile<32x9xf16>
    rdtile.negate_rows %qt from(%c0) : !rdtile.tile<64x9xf16>
    rdtile.zero_rows %vt from(%i) : !rdtile.tile<32x9xf16>
    gpu.return
  }
}
