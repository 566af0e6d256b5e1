// RUN: rdattn-opt %s --rdtile-address-kernel-parameters | FileCheck %s

// struct rdattn_cuda_maps has 2816 bytes: 21 maps of 128, four lists of seven words,
// and what rounds it up to 64.

gpu.module @kernels {
  // CHECK-LABEL: llvm.func @maps
  // CHECK-SAME: (%{{.*}}: f32, %{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<2816 x i8>, nvvm.grid_constant})
  // CHECK-NOT: rdtile.maps_argument
  // CHECK: llvm.return
  llvm.func @maps(%x: f32, %maps: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel, rdtile.maps_argument = 1 : i64} {
    llvm.return
  }

  // A pointer alone says nothing.

  // CHECK-LABEL: llvm.func @pointer
  // CHECK-SAME: (%{{.*}}: !llvm.ptr) attributes
  llvm.func @pointer(%to: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
