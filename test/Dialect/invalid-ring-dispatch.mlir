// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @columns(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{a step's table must have 21 columns, got 'memref<?x9xi32>'}}
  rdattn.ring.dispatch @code [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @two_partial(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{partial results are o, maxima and sums, got 2 of them}}
  rdattn.ring.dispatch @code [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @none(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{needs at least one kernel of kind 'map', 'rows' or 'elements'}}
  rdattn.ring.dispatch @code [] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @twice(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{has two kernels of kind 'map'}}
  rdattn.ring.dispatch @code [#map, #map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @other(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{a step has no kernel of kind 'finish'}}
  rdattn.ring.dispatch @code [#finish] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @lse(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{kernel 'map' writes lse (role 'l'), but outs names none}}
  rdattn.ring.dispatch @code [#lse] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @room(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{room must be at least 0, got -1}}
  rdattn.ring.dispatch @code [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128) room(-1)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @tile(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{tile(0x128) must have at least one row of each}}
  rdattn.ring.dispatch @code [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(0x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @module(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{@nowhere must be a gpu.module or a gpu.binary}}
  rdattn.ring.dispatch @nowhere [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @finish_kind(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{needs a kernel of kind 'finish', got 'map'}}
  rdattn.ring.dispatch_finish @code <"map", kind = map, roles = "AXYo", threads = 256, shared = 0> partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @finish_lse(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{kernel 'finish' writes lse (role 'l'), but outs names none}}
  rdattn.ring.dispatch_finish @code <"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0> partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 0>
#lse = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYolsirc", threads = 384, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>
#finish_lse = #rdattn.kernel<"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>

func.func @finish_module(%q: memref<1x8x2x64xbf16>, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
    %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // expected-error@+1 {{@nowhere must be a gpu.module or a gpu.binary}}
  rdattn.ring.dispatch_finish @nowhere <"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0> partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>) outs(%q : memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @not_of_a_ring(%q: memref<1x64x4x32xf16>, %scale: f32, %items: memref<8x9xi32>, %list: memref<2xi32>) {
  // expected-error@+1 {{has a kernel of kind 'finish', which only the steps of a ring need}}
  rdattn.dispatch @code [#finish] ins(%q, %q, %q : memref<1x64x4x32xf16>) scale(%scale)
      table(%items, %list, %list : memref<8x9xi32>, memref<2xi32>, memref<2xi32>)
      outs(%q : memref<1x64x4x32xf16>) epilogue(store) tile(128x176)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_alone(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>) {
  // expected-error@+1 {{packs with kernels of kind 'pack_vectors' and 'pack_elements', got 'finish'}}
  rdattn.ring.dispatch_post @code [#elements, #finish] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_of_any(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>) {
  // expected-error@+1 {{needs a kernel of kind 'pack_elements', which alone packs tensors of any alignment}}
  rdattn.ring.dispatch_post @code [#vectors] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_none(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>) {
  // expected-error@+1 {{needs a kernel of kind 'pack_elements', which alone packs tensors of any alignment}}
  rdattn.ring.dispatch_post @code [] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_twice(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>) {
  // expected-error@+1 {{has two kernels of kind 'pack_elements'}}
  rdattn.ring.dispatch_post @code [#elements, #elements] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_one_type(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>, %v: memref<1x8x2x64xf16>) {
  // expected-error@+1 {{k and v must have one element type, got 'memref<1x8x2x64xbf16>' and 'memref<1x8x2x64xf16>'}}
  rdattn.ring.dispatch_post @code [#elements] %schedule[%i] of(%k, %v : memref<1x8x2x64xbf16>, memref<1x8x2x64xf16>)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
#vectors = #rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>
#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#finish = #rdattn.kernel<"finish", kind = finish, roles = "AXYo", threads = 256, shared = 0>

func.func @packs_nowhere(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x8x2x64xbf16>) {
  // expected-error@+1 {{@nowhere must be a gpu.module or a gpu.binary}}
  rdattn.ring.dispatch_post @nowhere [#elements] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  return
}
