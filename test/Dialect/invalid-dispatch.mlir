// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

// expected-error@+1 {{a kernel needs the name of its function}}
func.func private @unnamed() attributes {a = #rdattn.kernel<"", kind = map, roles = "q", threads = 128, shared = 0>}

// -----

// expected-error@+1 {{threads = 100 must be a multiple of 32 from 32 to 1024}}
func.func private @warps() attributes {a = #rdattn.kernel<"f", kind = map, roles = "q", threads = 100, shared = 0>}

// -----

// expected-error@+1 {{threads = 0 must be a multiple of 32 from 32 to 1024}}
func.func private @no_threads() attributes {a = #rdattn.kernel<"f", kind = map, roles = "q", threads = 0, shared = 0>}

// -----

// expected-error@+1 {{threads = 1056 must be a multiple of 32 from 32 to 1024}}
func.func private @too_many() attributes {a = #rdattn.kernel<"f", kind = map, roles = "q", threads = 1056, shared = 0>}

// -----

// expected-error@+1 {{shared = -1 must be at least 0 bytes}}
func.func private @shared() attributes {a = #rdattn.kernel<"f", kind = map, roles = "q", threads = 128, shared = -1>}

// -----

// expected-error@+1 {{roles is empty, but every kernel has parameters}}
func.func private @no_roles() attributes {a = #rdattn.kernel<"f", kind = map, roles = "", threads = 128, shared = 0>}

// -----

// expected-error@+1 {{unknown role 'x' in roles: the letters are qkvolsirpcmPS}}
func.func private @role() attributes {a = #rdattn.kernel<"f", kind = map, roles = "qx", threads = 128, shared = 0>}

// -----

// expected-error@+1 {{role 'q' occurs twice in roles}}
func.func private @twice() attributes {a = #rdattn.kernel<"f", kind = map, roles = "qkq", threads = 128, shared = 0>}

// -----

// expected-error@+2 {{expected one of [map, rows, elements, merge, finish, pack_vectors, pack_elements] for what a kernel asks of a call, got: tensor}}
// expected-error@+1 {{failed to parse RDAttn_KernelAttr parameter 'kind'}}
func.func private @kind() attributes {a = #rdattn.kernel<"f", kind = tensor, roles = "q", threads = 128, shared = 0>}

// -----

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @missing(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{@none must be a gpu.module or a gpu.binary}}
  rdattn.dispatch @none [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @function(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{@function must be a gpu.module or a gpu.binary}}
  rdattn.dispatch @function [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.module @open {
  llvm.func @rows()
}
func.func @no_function(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{gpu.module @open has no function 'map'}}
  rdattn.dispatch @open [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

//===----------------------------------------------------------------------===//
// The choice of kernels
//===----------------------------------------------------------------------===//

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @none(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{needs at least one kernel of kind 'map', 'rows' or 'elements'}}
  rdattn.dispatch @code [] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @merge_alone(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{needs at least one kernel of kind 'map', 'rows' or 'elements'}}
  rdattn.dispatch @code [#rdattn.kernel<"m", kind = merge, roles = "o", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(merge) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @two(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{has two kernels of kind 'map'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>, #rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @no_merge(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{epilogue(merge) needs a kernel of kind 'merge'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(merge) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @no_fill(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{epilogue(fill) needs a kernel of kind 'merge'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(fill) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @idle_merge(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{epilogue(store) writes no partial results, so that a kernel of kind 'merge' has nothing to do}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>, #rdattn.kernel<"m", kind = merge, roles = "o", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @no_lse(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{kernel 'map' writes lse (role 'l'), but outs names none}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvol", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @no_kernel(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{attribute 'kernels' failed to satisfy constraint: the kernels to choose from}}
  rdattn.dispatch @code [3] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @inputs(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %k: memref<1x16x2x4xf16>) {
  // expected-error@+1 {{the head dimension of k must equal q's 8, got 4}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %k, %q : memref<1x16x2x8xf16>, memref<1x16x2x4xf16>, memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @heads(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %k: memref<1x16x3x8xf16>) {
  // expected-error@+1 {{must be a multiple of the number of key/value heads, got 2 and 3}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %k, %k : memref<1x16x2x8xf16>, memref<1x16x3x8xf16>, memref<1x16x3x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @output(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %short: memref<1x8x2x8xf16>) {
  // expected-error@+1 {{o must be 'tensor<1x16x2x8xf16>' (tensor or memref), got 'memref<1x8x2x8xf16>'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%short : memref<1x8x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @lse(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %lse: memref<1x16x2xf32>) {
  // expected-error@+1 {{lse must be 'tensor<1x2x16xf32>' (tensor or memref), got 'memref<1x16x2xf32>'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o, %lse : memref<1x16x2x8xf16>, memref<1x16x2xf32>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @columns(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %seven: memref<?x7xi32>) {
  // expected-error@+1 {{a work table must have 9 columns, got 'memref<?x7xi32>'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%seven, %list, %list : memref<?x7xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @tensors(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>, %t: tensor<1x16x2x8xf16>) {
  // expected-error@+1 {{operand #0 must be 4D memref of 32-bit float or 16-bit float or bfloat16 type values, but got 'tensor<1x16x2x8xf16>'}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%t, %t, %t : tensor<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128x128)
  return
}

// -----

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @one_size(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
  // expected-error@+1 {{expected a tile of queries x keys, such as 128x176}}
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @no_queries(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{tile(0x128) must have at least one row of each}}
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x16x2x8xf16>) epilogue(store) tile(0x128)
  return
}

// -----

gpu.binary @code [#gpu.object<#nvvm.target, "">]
func.func @epilogue(%q: memref<1x16x2x8xf16>, %o: memref<1x16x2x8xf16>, %scale: f32, %items: memref<?x9xi32>, %list: memref<?xi32>) {
  rdattn.dispatch @code [#rdattn.kernel<"map", kind = map, roles = "qkvo", threads = 128, shared = 0>] ins(%q, %q, %q : memref<1x16x2x8xf16>) scale(%scale)
      table(%items, %list, %list : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
  // expected-error@+1 {{unknown epilogue 'add': expected 'store', 'fill' or 'merge'}}
      outs(%o : memref<1x16x2x8xf16>) epilogue(add) tile(128x128)
  return
}
