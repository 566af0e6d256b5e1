// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -canonicalize -cse | FileCheck %s

#map = #rdattn.kernel<"map", kind = map, roles = "mqkvosircl", threads = 384, shared = 197632>
#rows = #rdattn.kernel<"rows", kind = rows, roles = "mqkvsircPS", threads = 384, shared = 0>
#merge = #rdattn.kernel<"merge", kind = merge, roles = "olPS", threads = 128, shared = 0>

gpu.module @open {
  llvm.func @rows()
  llvm.func @merge()
}

gpu.binary @code [#gpu.object<#nvvm.target, "">]

// CHECK-LABEL: @kinds
func.func @kinds(%q: memref<1x?x12x64xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                 %k: memref<1x?x4x64xbf16>, %v: memref<1x?x4x32xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<3xi32>,
                 %o: memref<1x?x12x32xbf16>, %lse: memref<1x12x?xf32>) {
  // A dispatch writes memory: nothing drops it.
  // CHECK: rdattn.dispatch @open [#rdattn.kernel<"rows", kind = rows, roles = "mqkvsircPS", threads = 384, shared = 0>, #rdattn.kernel<"merge", kind = merge, roles = "olPS", threads = 128, shared = 0>]
  // CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x?x12x64xbf16, strided<[?, ?, ?, 1], offset: ?>>, memref<1x?x4x64xbf16>, memref<1x?x4x32xbf16>)
  // CHECK-SAME: scale(%{{[^)]*}}) table(%{{.*}}, %{{.*}}, %{{.*}} : memref<?x9xi32>, memref<?xi32>, memref<3xi32>)
  // CHECK-SAME: outs(%{{.*}}, %{{.*}} : memref<1x?x12x32xbf16>, memref<1x12x?xf32>) epilogue(merge) tile(128x176) {note}
  rdattn.dispatch @open [#rows, #merge]
      ins(%q, %k, %v : memref<1x?x12x64xbf16, strided<[?, ?, ?, 1], offset: ?>>, memref<1x?x4x64xbf16>, memref<1x?x4x32xbf16>)
      scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<3xi32>)
      outs(%o, %lse : memref<1x?x12x32xbf16>, memref<1x12x?xf32>)
      epilogue(merge) tile(128x176) {note}
  return
}

// CHECK-LABEL: @one_type
func.func @one_type(%q: memref<1x64x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>,
                    %o: memref<1x64x2x8xf16>, %lse: memref<1x2x64xf32>) {
  // CHECK: rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "mqkvosircl", threads = 384, shared = 197632>]
  // CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x64x2x8xf16>)
  rdattn.dispatch @code [#map] ins(%q, %q, %q : memref<1x64x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o, %lse : memref<1x64x2x8xf16>, memref<1x2x64xf32>) epilogue(store) tile(192x128)
  return
}
