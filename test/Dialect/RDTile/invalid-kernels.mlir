// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

func.func @no_consumers() {
  // expected-error@+1 {{'rdtile.roles' op consumers must be 1 to 3, got 0}}
  rdtile.roles producer registers(24) {
  } consumers(0) registers(240) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @consumers() {
  // expected-error@+1 {{'rdtile.roles' op consumers must be 1 to 3, got 4}}
  rdtile.roles producer registers(24) {
  } consumers(4) registers(96) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @producer_few() {
  // expected-error@+1 {{'rdtile.roles' op registers of the producer must be a multiple of 8 from 24 to 256, got 16}}
  rdtile.roles producer registers(16) {
  } consumers(2) registers(240) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @producer_eights() {
  // expected-error@+1 {{'rdtile.roles' op registers of the producer must be a multiple of 8 from 24 to 256, got 30}}
  rdtile.roles producer registers(30) {
  } consumers(2) registers(232) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @consumer_many() {
  // expected-error@+1 {{'rdtile.roles' op registers of the consumers must be a multiple of 8 from 24 to 256, got 264}}
  rdtile.roles producer registers(24) {
  } consumers(1) registers(264) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @consumer_eights() {
  // expected-error@+1 {{'rdtile.roles' op registers of the consumers must be a multiple of 8 from 24 to 256, got 236}}
  rdtile.roles producer registers(24) {
  } consumers(2) registers(236) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

// Three warpgroups are launched with 168 registers a thread, four with 128.

func.func @pool() {
  // expected-error@+1 {{'rdtile.roles' op asks for 32 + 2 * 240 registers, but the block has 504; more would wait for ever}}
  rdtile.roles producer registers(32) {
  } consumers(2) registers(240) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @pool_of_four() {
  // expected-error@+1 {{'rdtile.roles' op asks for 40 + 3 * 160 registers, but the block has 512; more would wait for ever}}
  rdtile.roles producer registers(40) {
  } consumers(3) registers(160) {
  ^bb0(%warpgroup: i32):
  }
  return
}

// -----

func.func @no_number() {
  // expected-error@+1 {{'rdtile.roles' op consumer region must take the warpgroup's number as i32}}
  rdtile.roles producer registers(24) {
  } consumers(2) registers(240) {
  }
  return
}

// -----

func.func @number() {
  // expected-error@+1 {{'rdtile.roles' op consumer region must take the warpgroup's number as i32}}
  rdtile.roles producer registers(24) {
  } consumers(2) registers(240) {
  ^bb0(%warpgroup: index):
  }
  return
}

// -----

func.func @numbers() {
  // expected-error@+1 {{'rdtile.roles' op consumer region must take the warpgroup's number as i32}}
  rdtile.roles producer registers(24) {
  } consumers(2) registers(240) {
  ^bb0(%warpgroup: i32, %thread: i32):
  }
  return
}

// -----

func.func @counter(%counter: memref<2xi64>) {
  // expected-error@+1 {{'rdtile.next_item' op operand #0 must be 1D memref of 32-bit signless integer values, but got 'memref<2xi64>'}}
  %0 = rdtile.next_item %counter : memref<2xi64>
  return
}

// -----

func.func @counters(%counter: memref<2x2xi32>) {
  // expected-error@+1 {{'rdtile.retire' op operand #0 must be 1D memref of 32-bit signless integer values, but got 'memref<2x2xi32>'}}
  rdtile.retire %counter : memref<2x2xi32>
  return
}
