// RUN: rdattn-opt %s --rdattn-free-buffers | FileCheck %s
// RUN: rdattn-opt %s --rdattn-free-buffers -o %t
// RUN: rdattn-opt %t --rdattn-free-buffers | diff - %t

// CHECK-LABEL: @free
func.func @free(%o: memref<4xf32>) {
  // CHECK: %[[BUFFER:.*]] = memref.alloc
  // CHECK: memref.copy %[[BUFFER]]
  // CHECK-NEXT: memref.dealloc %[[BUFFER]]
  // CHECK-NEXT: return
  %buffer = memref.alloc() : memref<4xf32>
  memref.copy %buffer, %o : memref<4xf32> to memref<4xf32>
  return
}

// CHECK-LABEL: @inner_block
func.func @inner_block(%o: memref<4xf32>, %condition: i1) {
  // CHECK: scf.if
  // CHECK: %[[BUFFER:.*]] = memref.alloc
  // CHECK: memref.dealloc %[[BUFFER]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return
  scf.if %condition {
    %buffer = memref.alloc() : memref<4xf32>
    memref.copy %buffer, %o : memref<4xf32> to memref<4xf32>
  }
  return
}

// CHECK-LABEL: @freed_already
func.func @freed_already(%o: memref<4xf32>) {
  // CHECK-COUNT-1: memref.dealloc
  // CHECK-NOT: memref.dealloc
  %buffer = memref.alloc() : memref<4xf32>
  memref.dealloc %buffer : memref<4xf32>
  return
}

// CHECK-LABEL: @handed_on
func.func @handed_on() -> memref<4xf32> {
  // CHECK-NOT: memref.dealloc
  %buffer = memref.alloc() : memref<4xf32>
  return %buffer : memref<4xf32>
}
