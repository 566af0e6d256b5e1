// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile -split-input-file \
// RUN:   | FileCheck %s --implicit-check-not=gpu.func

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// From the special to the general: tensor maps alone, row lists (which use maps
// where they can), one element at a time. A kernel without maps has no `m`.

// CHECK-LABEL: func.func @full(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK-SAME: #rdattn.kernel<"attention_map", kind = map, roles = "mqkvosirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvosirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvosirc", threads = 384, shared = 49408>]
// CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%{{.*}}) table(
// CHECK-SAME: outs(%{{.*}} : memref<1x64x4x64xbf16>) epilogue(store) tile(128x64)
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
func.func @full(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// No map reads a list of rows.

// CHECK-LABEL: func.func @gathered(
// CHECK: rdattn.dispatch @attention_kernels [#rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvosirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvosirc", threads = 384, shared = 49408>]
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
func.func @gathered(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) gathered epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// An lse is one more argument.

// CHECK-LABEL: func.func @lse(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK-SAME: #rdattn.kernel<"attention_map", kind = map, roles = "mqkvolsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvolsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvolsirc", threads = 384, shared = 49408>]
// CHECK-SAME: outs(%{{.*}}, %{{.*}} : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) epilogue(store)
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
func.func @lse(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %lse: memref<1x4x64xf32>, %scale: f32,
               %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) causal windowed epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Where items leave rows empty, or branches meet, attention writes partials (`P`,
// `S`, and the phases that tell branches apart, `p`), and a second kernel o and lse.

// CHECK-LABEL: func.func @fill(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK-SAME: #rdattn.kernel<"attention_map", kind = map, roles = "mqkvPSpsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvPSpsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvPSpsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"merge", kind = merge, roles = "PSol", threads = 256, shared = 0>]
// CHECK-SAME: epilogue(fill)
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
// CHECK: gpu.func @merge(
func.func @fill(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %lse: memref<1x4x64xf32>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) epilogue(fill) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Without lse the second kernel has none either.

// CHECK-LABEL: func.func @merge(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK-SAME: #rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvPSpsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvPSpsirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"merge", kind = merge, roles = "PSo", threads = 256, shared = 0>]
// CHECK-SAME: epilogue(merge)
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
// CHECK: gpu.func @merge(
func.func @merge(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) gathered epilogue(merge) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Threads and shared memory follow the schedule and the head dimensions: a block has
// a warpgroup that copies and three that compute, tiles whole panels of 64 columns.

// CHECK-LABEL: func.func @tiles(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK-SAME: #rdattn.kernel<"attention_map", kind = map, roles = "mqkvosirc", threads = 512, shared = 123136>, 
// CHECK-SAME: #rdattn.kernel<"attention_rows", kind = rows, roles = "mqkvosirc", threads = 512, shared = 123136>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvosirc", threads = 512, shared = 123136>]
// CHECK-SAME: tile(192x32)
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
func.func @tiles(%q: memref<1x64x4x72xf16>, %k: memref<1x64x2x72xf16>, %v: memref<1x64x2x200xf16>, %o: memref<1x64x4x200xf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %v : memref<1x64x4x72xf16>, memref<1x64x2x72xf16>, memref<1x64x2x200xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x200xf16>) epilogue(store) schedule(#rdattn.sm90<queries = 192, keys = 32, stages = 3, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Rows that are no multiple of 16 bytes are not copied in vectors; a map may read
// them still.

// CHECK-LABEL: func.func @odd(
// CHECK: rdattn.dispatch @attention_kernels [#rdattn.kernel<"attention_map", kind = map, roles = "mqkvosirc", threads = 384, shared = 49408>, 
// CHECK-SAME: #rdattn.kernel<"attention_elements", kind = elements, roles = "qkvosirc", threads = 384, shared = 49408>]
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_elements(
func.func @odd(%q: memref<1x64x4x36xbf16>, %k: memref<1x64x2x36xbf16>, %o: memref<1x64x4x36xbf16>, %scale: f32,
               %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x36xbf16>, memref<1x64x2x36xbf16>, memref<1x64x2x36xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x36xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Those of v count as well.

// CHECK-LABEL: func.func @odd_values(
// CHECK: rdattn.dispatch @attention_kernels [#rdattn.kernel<"attention_elements", kind = elements, roles = "qkvosirc", threads = 384, shared = 49408>]
// CHECK: gpu.func @attention_elements(
func.func @odd_values(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %v: memref<1x64x2x36xbf16>, %o: memref<1x64x4x36xbf16>, %scale: f32,
                      %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %v : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x36xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x36xbf16>) gathered epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Each launch has a module of its own. One that is scheduled for a CPU stays.

// CHECK-LABEL: func.func @launches(
// CHECK: rdattn.dispatch @attention_kernels [
// CHECK: rdattn.dispatch @attention_kernels_0 [
// CHECK: rdattn.launch {{.*}} schedule(#rdattn.cpu<
// CHECK-NOT: gpu.module
// CHECK: gpu.module @attention_kernels [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx80">]
// CHECK: gpu.func @attention_map(
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
// CHECK: gpu.module @attention_kernels_0 [
// CHECK: gpu.func @attention_rows(
// CHECK: gpu.func @attention_elements(
func.func @launches(%q: memref<1x64x4x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x4x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(store) schedule(#sm90)
  rdattn.launch ins(%q, %q, %q : memref<1x64x4x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) gathered epilogue(store) schedule(#sm90)
  rdattn.launch ins(%q, %q, %q : memref<1x64x4x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(store)
      schedule(#rdattn.cpu<queries = 32, keys = 8, lanes = 8, vectors = 2, rows = 4, order = plain>)
  return
}
