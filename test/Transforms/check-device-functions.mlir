// RUN: rdattn-opt %s -split-input-file -verify-diagnostics --rdattn-check-device-functions | FileCheck %s

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
#sm90 = #rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>

// Constants and sizes are not tensors of the device, and a plan is the host's.

memref.global "private" constant @phases : memref<2xi32> = dense<0>

// CHECK-LABEL: @one_attention
func.func @one_attention(%q: memref<1x?x2x64xbf16>, %o: memref<1x?x2x64xbf16>) {
  %scale = arith.constant 0.5 : f32
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %s = memref.dim %q, %c1 : memref<1x?x2x64xbf16>
  %phases = memref.get_global @phases : memref<2xi32>
  %items, %rows, %planned = rdattn.plan batch(%c1) tokens(%s) heads(%c2, %c2)
      queries(64) order(plain) classes [contiguous 0 to 16] : memref<?x9xi32>, memref<?xi32>, memref<2xi32>
  rdattn.launch ins(%q, %q, %q : memref<1x?x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x?x2x64xbf16>) epilogue(store) schedule(#sm90)
  return
}

// Where a rank's tables are among those of all is read on the host.

memref.global "private" constant @starts : memref<4xi32> = dense<0>

// CHECK-LABEL: @tables_of_ranks
func.func @tables_of_ranks(%q: memref<1x16x2x64xbf16>, %k: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %partial: memref<1x16x2x64xf32>, %m: memref<1x2x16xf32>,
                           %items: memref<?x21xi32>, %list: memref<?xi32>, %scale: f32, %plan: !rdattn.ring_schedule) {
  %rank = rdattn.ring.rank %plan of 2
  %starts = memref.get_global @starts : memref<4xi32>
  %first = memref.load %starts[%rank] : memref<4xi32>
  %index = arith.index_cast %first : i32 to index
  %lists = memref.subview %list[%index] [4] [1] : memref<?xi32> to memref<4xi32, strided<[1], offset: ?>>
  rdattn.ring.launch ins(%q, %k, %k : memref<1x16x2x64xbf16>, memref<1x16x2x64xbf16>, memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %lists, %list : memref<?x21xi32>, memref<4xi32, strided<[1], offset: ?>>, memref<?xi32>)
      partial(%partial, %m, %m : memref<1x16x2x64xf32>, memref<1x2x16xf32>, memref<1x2x16xf32>)
      outs(%o : memref<1x16x2x64xbf16>) initial schedule(#sm90)
  return
}

// On the CPU everything goes.

// CHECK-LABEL: @on_cpu
func.func @on_cpu(%q: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %items: memref<?x9xi32>, %list: memref<?xi32>, %scale: f32) {
  %between = memref.alloc() : memref<1x16x2x64xbf16>
  rdattn.launch ins(%q, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%between : memref<1x16x2x64xbf16>) epilogue(store) schedule(#cpu)
  memref.copy %between, %o : memref<1x16x2x64xbf16> to memref<1x16x2x64xbf16>
  memref.dealloc %between : memref<1x16x2x64xbf16>
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @two_attentions(%q: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %items: memref<?x9xi32>, %list: memref<?xi32>, %scale: f32) {
  // expected-error@+1 {{a CUDA function can hold one attention so far, since a buffer behind it would be in the host's memory; call one function for each}}
  %between = memref.alloc() : memref<1x16x2x64xbf16>
  rdattn.launch ins(%q, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%between : memref<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  rdattn.launch ins(%between, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  memref.dealloc %between : memref<1x16x2x64xbf16>
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @copy(%q: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %items: memref<?x9xi32>, %list: memref<?xi32>, %scale: f32) {
  rdattn.launch ins(%q, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  // expected-error@+1 {{'memref.copy' op runs on the host, and the tensors of a CUDA function are on the device}}
  memref.copy %q, %o : memref<1x16x2x64xbf16> to memref<1x16x2x64xbf16>
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @load(%q: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %items: memref<?x9xi32>, %list: memref<?xi32>, %scale: f32, %i: index) -> i32 {
  rdattn.launch ins(%q, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  // expected-error@+1 {{'memref.load' op runs on the host, and the tensors of a CUDA function are on the device}}
  %0 = memref.load %list[%i] : memref<?xi32>
  return %0 : i32
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
#sm90 = #rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @both(%q: memref<1x16x2x64xbf16>, %o: memref<1x16x2x64xbf16>, %items: memref<?x9xi32>, %list: memref<?xi32>, %scale: f32) {
  rdattn.launch ins(%q, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  // expected-error@+1 {{'rdattn.launch' op has a CPU schedule, and another launch of its function a GPU schedule: they would share tensors; put them into two functions}}
  rdattn.launch ins(%o, %q, %q : memref<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%q : memref<1x16x2x64xbf16>) epilogue(store) schedule(#cpu)
  return
}
