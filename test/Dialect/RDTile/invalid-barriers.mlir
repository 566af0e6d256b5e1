// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

// Rings start where the swizzle's pattern does.

func.func @ring_offset() {
  // expected-error@+1 {{'rdtile.shared' op offset must be a multiple of 1024, got 512}}
  %0 = rdtile.shared offset(512) : !rdtile.ring<2, 128x128xbf16>
  return
}

// -----

func.func @barriers_offset() {
  // expected-error@+1 {{'rdtile.shared' op offset must be a multiple of 8, got 4}}
  %0 = rdtile.shared offset(4) : !rdtile.barriers<2>
  return
}

// -----

func.func @memref_offset() {
  // expected-error@+1 {{'rdtile.shared' op offset must be a multiple of 4, got 2}}
  %0 = rdtile.shared offset(2) : memref<2x10xi32, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @negative_offset() {
  // expected-error@+1 {{'rdtile.shared' op offset must be a multiple of 1024, got -1024}}
  %0 = rdtile.shared offset(-1024) : !rdtile.ring<2, 128x128xbf16>
  return
}

// -----

// A block of a Hopper GPU has 227 KB.

func.func @budget() {
  // expected-error@+1 {{'rdtile.shared' op ends at byte 262144, but a block has 232448 bytes of shared memory}}
  %0 = rdtile.shared offset(0) : !rdtile.ring<8, 128x128xbf16>
  return
}

// -----

// Columns past the last one still fill their panel.

func.func @panels() {
  // expected-error@+1 {{'rdtile.shared' op ends at byte 262144, but a block has 232448 bytes of shared memory}}
  %0 = rdtile.shared offset(0) : !rdtile.ring<8, 128x65xbf16>
  return
}

// -----

func.func @last_byte() {
  // expected-error@+1 {{'rdtile.shared' op ends at byte 232456, but a block has 232448 bytes of shared memory}}
  %0 = rdtile.shared offset(232440) : !rdtile.barriers<2>
  return
}

// -----

func.func @global() {
  // expected-error@+1 {{'rdtile.shared' op a memref must be contiguous and in the workgroup's address space, got 'memref<2x10xi32>'}}
  %0 = rdtile.shared offset(0) : memref<2x10xi32>
  return
}

// -----

func.func @private() {
  // expected-error@+1 {{'rdtile.shared' op a memref must be contiguous and in the workgroup's address space, got 'memref<4xi32, #gpu.address_space<private>>'}}
  %0 = rdtile.shared offset(0) : memref<4xi32, #gpu.address_space<private>>
  return
}

// -----

func.func @strided() {
  // expected-error@+1 {{'rdtile.shared' op a memref must be contiguous and in the workgroup's address space, got 'memref<2x10xi32, strided<[20, 1]>, #gpu.address_space<workgroup>>'}}
  %0 = rdtile.shared offset(0) : memref<2x10xi32, strided<[20, 1]>, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @stage(%ring: !rdtile.ring<2, 128x128xbf16>, %i: i32) {
  // expected-error@+1 {{'rdtile.stage' op must give the ring's tile '!rdtile.tile<128x128xbf16>', got '!rdtile.tile<128x64xbf16>'}}
  %0 = "rdtile.stage"(%ring, %i) : (!rdtile.ring<2, 128x128xbf16>, i32) -> !rdtile.tile<128x64xbf16>
  return
}

// -----

func.func @no_arrivals(%full: !rdtile.barriers<2>) {
  // expected-error@+1 {{'rdtile.init_barriers' op arrivals must be 1 to 1048575, got 0}}
  rdtile.init_barriers %full arrivals(0) : !rdtile.barriers<2>
  return
}

// -----

func.func @many_arrivals(%full: !rdtile.barriers<2>) {
  // expected-error@+1 {{'rdtile.init_barriers' op arrivals must be 1 to 1048575, got 1048576}}
  rdtile.init_barriers %full arrivals(1048576) : !rdtile.barriers<2>
  return
}

// -----

func.func @no_bytes(%full: !rdtile.barriers<2>, %i: i32) {
  // expected-error@+1 {{'rdtile.expect' op bytes must be 1 to 1048575, what a barrier can count, got 0}}
  rdtile.expect %full[%i] bytes(0) : !rdtile.barriers<2>
  return
}

// -----

func.func @many_bytes(%full: !rdtile.barriers<2>, %i: i32) {
  // expected-error@+1 {{'rdtile.expect' op bytes must be 1 to 1048575, what a barrier can count, got 1048576}}
  rdtile.expect %full[%i] bytes(1048576) : !rdtile.barriers<2>
  return
}

// -----

func.func @sync(%id: i32) {
  // expected-error@+1 {{'rdtile.sync_warps' op threads must be a multiple of 32 up to 1024, got 100}}
  rdtile.sync_warps %id threads(100)
  return
}

// -----

func.func @sync_nobody(%id: i32) {
  // expected-error@+1 {{'rdtile.sync_warps' op threads must be a multiple of 32 up to 1024, got 0}}
  rdtile.sync_warps %id threads(0)
  return
}

// -----

func.func @signal(%id: i32) {
  // expected-error@+1 {{'rdtile.signal_warps' op threads must be a multiple of 32 up to 1024, got 1056}}
  rdtile.signal_warps %id threads(1056)
  return
}
