// RUN: rdattn-opt %s --convert-rdattn-dispatch-to-llvm --split-input-file --verify-diagnostics

gpu.module @kernels [#nvvm.target<chip = "sm_90a">] {
  llvm.func @map() attributes {nvvm.kernel} {
    llvm.return
  }
}

func.func @not_code_yet(%q: memref<1x64x4x32xf16>, %scale: f32, %items: memref<8x9xi32>, %list: memref<2xi32>) {
  // expected-error@+1 {{'rdattn.dispatch' op runs kernels of @kernels, which are not code yet: serialise them first}}
  rdattn.dispatch @kernels [#rdattn.kernel<"map", kind = map, roles = "mqkvosirc", threads = 384, shared = 0>]
      ins(%q, %q, %q : memref<1x64x4x32xf16>) scale(%scale)
      table(%items, %list, %list : memref<8x9xi32>, memref<2xi32>, memref<2xi32>)
      outs(%q : memref<1x64x4x32xf16>) epilogue(store) tile(128x176)
  return
}

// -----

gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, "fat">]

func.func @no_code(%q: memref<1x64x4x32xf16>, %scale: f32, %items: memref<8x9xi32>, %list: memref<2xi32>) {
  // expected-error@+1 {{'rdattn.dispatch' op runs kernels of @kernels, whose objects must be PTX (assembly) or cubins (bin)}}
  rdattn.dispatch @kernels [#rdattn.kernel<"map", kind = map, roles = "mqkvosirc", threads = 384, shared = 0>]
      ins(%q, %q, %q : memref<1x64x4x32xf16>) scale(%scale)
      table(%items, %list, %list : memref<8x9xi32>, memref<2xi32>, memref<2xi32>)
      outs(%q : memref<1x64x4x32xf16>) epilogue(store) tile(128x176)
  return
}
