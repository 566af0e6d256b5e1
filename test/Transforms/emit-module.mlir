// RUN: rdattn-opt %s --rdattn-emit-module=cpu=x86-64-v3 --split-input-file | FileCheck %s
// RUN: rdattn-opt %s --rdattn-emit-module=cpu=x86-64-v4 --split-input-file | FileCheck %s --check-prefix=V4
// RUN: rdattn-opt %s --rdattn-emit-module --split-input-file | FileCheck %s --check-prefix=HOST
// RUN: not rdattn-opt %s --rdattn-emit-module=cpu=pentium-9 --split-input-file 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// The functions are compiled for the CPU that the module names, with all that
// its features imply. This is what the loader asks this machine for.

// V4: llvm.func @attention({{.*}}target_features = #llvm.target_features<[{{.*}}"+avx2", {{.*}}"+avx512f", {{.*}}"+fma"{{.*}}]>{{.*}}tune_cpu = "x86-64-v4"
// V4: @rdattn_string{{[_0-9]*}}("{{[a-z0-9.,]*}}avx2,{{[a-z0-9.,]*}}avx512f,{{[a-z0-9.,]*}}fma,

// UNKNOWN: error: unknown CPU 'pentium-9'; try host, x86-64-v4 (AVX-512) or x86-64-v3 (AVX2)

llvm.func @extern_function(i64)

// CHECK: llvm.func @extern_function(i64)
// CHECK-NOT: target_features
// CHECK: llvm.func @attention(
// CHECK-SAME: target_features = #llvm.target_features<["+avx", "+avx2", {{.*}}"+fma"
// CHECK-NOT: avx512
// CHECK-SAME: tune_cpu = "x86-64-v3"
llvm.func @attention(%q: !llvm.ptr, %scale: f32, %o: !llvm.ptr) attributes {
    llvm.emit_c_interface,
    rdattn.definition = "{\22pattern\22:{}}",
    rdattn.entry = {dtype = 2 : i64, roles = "qso", sizes = array<i64: 1, -1, 4, 2, 64, 32>}} {
  llvm.return
}
llvm.func @_mlir_ciface_attention(%q: !llvm.ptr, %scale: f32, %o: !llvm.ptr) attributes {
    llvm.emit_c_interface,
    rdattn.entry = {dtype = 2 : i64, roles = "qso", sizes = array<i64: 1, -1, 4, 2, 64, 32>}} {
  llvm.return
}
llvm.func @no_entry() {
  llvm.return
}

// The entry point unpacks one pointer per role; the scale is behind one too.

// CHECK: llvm.func internal @rdattn_entry_attention(%[[PACKED:.*]]: !llvm.ptr) attributes {target_features
// CHECK: %[[SLOT0:.*]] = llvm.getelementptr %[[PACKED]][0]
// CHECK: %[[Q:.*]] = llvm.load %[[SLOT0]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[SLOT1:.*]] = llvm.getelementptr %[[PACKED]][1]
// CHECK: %[[SCALE_POINTER:.*]] = llvm.load %[[SLOT1]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[SCALE:.*]] = llvm.load %[[SCALE_POINTER]] : !llvm.ptr -> f32
// CHECK: %[[SLOT2:.*]] = llvm.getelementptr %[[PACKED]][2]
// CHECK: %[[O:.*]] = llvm.load %[[SLOT2]] : !llvm.ptr -> !llvm.ptr
// CHECK: llvm.call @_mlir_ciface_attention(%[[Q]], %[[SCALE]], %[[O]])
// CHECK-NOT: rdattn_entry_

// CHECK-DAG: llvm.mlir.global internal constant @[[NAME:rdattn_string[_0-9]*]]("attention\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[ROLES:rdattn_string[_0-9]*]]("qso\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[DEFINITION:rdattn_string[_0-9]*]]("{\22pattern\22:{}}\00")

// CHECK: llvm.mlir.global internal constant @rdattn_functions() {{.*}} !llvm.array<1 x struct<(ptr, ptr, ptr, ptr, i64, array<6 x i64>, i64, ptr)>>
// CHECK-DAG: llvm.mlir.addressof @[[NAME]]
// CHECK-DAG: llvm.mlir.addressof @rdattn_entry_attention
// CHECK-DAG: llvm.mlir.addressof @[[ROLES]]
// CHECK-DAG: llvm.mlir.addressof @[[DEFINITION]]
// CHECK: llvm.return

// The module's symbol, the only one that is exported for the loader's sake:
// magic, ABI version, target, features, and one function.

// CHECK: llvm.mlir.global external constant @rdattn_module_data() {{.*}} !llvm.struct<(i64, i64, ptr, ptr, i64, ptr)>
// CHECK-DAG: llvm.mlir.constant(5644228872297906176 : i64)
// CHECK-DAG: llvm.mlir.constant(7 : i64)
// CHECK-DAG: llvm.mlir.addressof @rdattn_functions
// CHECK: llvm.return

// -----

// A function for CUDA says so: its target is 1. Code that only launches kernels
// runs on any CPU.

// CHECK: llvm.func @on_a_gpu
// CHECK-SAME: tune_cpu = "x86-64-v3"
// HOST: llvm.func @on_a_gpu
// HOST-SAME: target_features = #llvm.target_features<[]>, tune_cpu = "generic"

// CHECK: llvm.mlir.global internal constant @rdattn_functions()
// CHECK: %[[TARGET:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: %[[DATA:.*]] = llvm.insertvalue %[[TARGET]], %{{.*}}[6]
// CHECK: llvm.insertvalue %{{.*}}, %[[DATA]][7] : !llvm.struct<
llvm.func @on_a_gpu(%q: !llvm.ptr) attributes {
    llvm.emit_c_interface,
    rdattn.entry = {dtype = 2 : i64, roles = "q", sizes = array<i64: 8, -1, 4, 2, 64, 32>, target = 1 : i64}} {
  llvm.return
}
llvm.func @_mlir_ciface_on_a_gpu(%q: !llvm.ptr) {
  llvm.return
}

// -----

// Functions that are one function's code for several GPUs have its name, and
// follow each other.

// CHECK-DAG: @[[NAME:rdattn_string[_0-9]*]]("attention\00")
// CHECK-DAG: @[[FIRST:rdattn_string[_0-9]*]]("sm_90a\00")
// CHECK-DAG: @[[SECOND:rdattn_string[_0-9]*]]("sm_80\00")
// CHECK: llvm.mlir.global internal constant @rdattn_functions()
// CHECK: llvm.mlir.addressof @[[NAME]]
// CHECK: llvm.mlir.addressof @rdattn_entry_attention :
// CHECK: llvm.mlir.addressof @[[FIRST]]
// CHECK: llvm.mlir.addressof @[[NAME]]
// CHECK: llvm.mlir.addressof @rdattn_entry_attention_sm80 :
// CHECK: llvm.mlir.addressof @[[SECOND]]
// CHECK: llvm.mlir.addressof @rdattn_entry_between :
llvm.func @_mlir_ciface_attention(!llvm.ptr)
llvm.func @attention(%q: !llvm.ptr) attributes {rdattn.architecture = "sm_90a",
    rdattn.entry = {dtype = 2 : i64, roles = "q", sizes = array<i64: 8, -1, 4, 2, 64, 32>, target = 1 : i64}} {
  llvm.return
}
llvm.func @_mlir_ciface_between(!llvm.ptr)
llvm.func @between(%q: !llvm.ptr) attributes {
    rdattn.entry = {dtype = 2 : i64, roles = "q", sizes = array<i64: 8, -1, 4, 2, 64, 32>, target = 1 : i64}} {
  llvm.return
}
llvm.func @_mlir_ciface_attention_sm80(!llvm.ptr)
llvm.func @attention_sm80(%q: !llvm.ptr) attributes {rdattn.alternative_of = "attention", rdattn.architecture = "sm_80",
    rdattn.entry = {dtype = 2 : i64, roles = "q", sizes = array<i64: 8, -1, 4, 2, 64, 32>, target = 1 : i64}} {
  llvm.return
}

// -----

// A module without entries says so, and a second run changes nothing.

// CHECK: llvm.mlir.global internal constant @rdattn_functions() {{.*}} !llvm.array<0 x
// CHECK: llvm.mlir.global external constant @rdattn_module_data()
llvm.func @no_entry() {
  llvm.return
}

// -----

// CHECK: llvm.mlir.global external constant @rdattn_module_data(42 : i64)
// CHECK-NOT: rdattn_functions
llvm.mlir.global external constant @rdattn_module_data(42 : i64) : i64
