// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -canonicalize -cse | FileCheck %s

gpu.binary @code [#gpu.object<#nvvm.target, "">]

#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 197632>

// A step writes memory: nothing drops it, though it does the same twice.

// CHECK-LABEL: @steps
func.func @steps(%q: memref<1x?x12x64xbf16>, %k: memref<1x?x1x64xbf16>, %scale: f32,
                 %items: memref<?x21xi32>, %list: memref<?xi32>,
                 %p: memref<1x?x12x64xf32>, %m: memref<1x12x?xf32>) {
  // CHECK: rdattn.ring.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 197632>]
  // CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x?x12x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x64xbf16>)
  // CHECK-SAME: scale(%{{[^)]*}}) table(%{{.*}}, %{{.*}}, %{{.*}} : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
  // CHECK-SAME: partial(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x?x12x64xf32>, memref<1x12x?xf32>, memref<1x12x?xf32>)
  // CHECK-SAME: outs(%{{.*}} : memref<1x?x12x64xbf16>) initial tile(128x128) room(4)
  rdattn.ring.dispatch @code [#map] ins(%q, %k, %k : memref<1x?x12x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x?x12x64xf32>, memref<1x12x?xf32>, memref<1x12x?xf32>)
      outs(%q : memref<1x?x12x64xbf16>) initial tile(128x128) room(4)
  // CHECK-NEXT: rdattn.ring.dispatch @code
  // CHECK-SAME: outs(%{{[^)]*}}) tile(128x128){{$}}
  rdattn.ring.dispatch @code [#map] ins(%q, %k, %k : memref<1x?x12x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x?x12x64xf32>, memref<1x12x?xf32>, memref<1x12x?xf32>)
      outs(%q : memref<1x?x12x64xbf16>) tile(128x128)
  // CHECK-NEXT: rdattn.ring.dispatch_finish @code <"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>
  // CHECK-SAME: partial(%{{.*}}, %{{.*}}, %{{.*}} : {{.*}}) outs(%{{.*}}, %{{.*}} : memref<1x?x12x64xbf16>, memref<1x12x?xf32>)
  rdattn.ring.dispatch_finish @code <"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>
      partial(%p, %m, %m : memref<1x?x12x64xf32>, memref<1x12x?xf32>, memref<1x12x?xf32>)
      outs(%q, %m : memref<1x?x12x64xbf16>, memref<1x12x?xf32>)
  return
}

// Nothing drops what is sent, though nobody waits for it, nor changes its order.

// CHECK-LABEL: @posts
func.func @posts(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x?x4x64xbf16>, %v: memref<1x?x4x32xbf16>) {
  // CHECK: rdattn.ring.dispatch_post @code [#rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>, #rdattn.kernel<"pack_elements", {{.*}}>]
  // CHECK-SAME: %{{.*}}[%{{.*}}] of(%{{.*}}, %{{.*}} : memref<1x?x4x64xbf16>, memref<1x?x4x32xbf16>)
  rdattn.ring.dispatch_post @code [#vectors, #elements] %schedule[%i] of(%k, %v : memref<1x?x4x64xbf16>, memref<1x?x4x32xbf16>)
  // CHECK-NEXT: rdattn.ring.dispatch_post @code [#rdattn.kernel<"pack_elements"
  rdattn.ring.dispatch_post @code [#elements] %schedule[%i] of(%k, %v : memref<1x?x4x64xbf16>, memref<1x?x4x32xbf16>)
  return
}
