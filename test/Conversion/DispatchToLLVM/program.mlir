// RUN: rdattn-opt %s --convert-rdattn-dispatch-to-llvm | FileCheck %s --implicit-check-not=gpu.
// RUN: rdattn-opt %s --convert-rdattn-dispatch-to-llvm --rdattn-lower-to=level=llvm \
// RUN:   | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=DATA

#map = #rdattn.kernel<"map", kind = map, roles = "mqkvosircl", threads = 384, shared = 197632>
#rows = #rdattn.kernel<"rows", kind = rows, roles = "mqkvsircPS", threads = 256, shared = 1024>
#merge = #rdattn.kernel<"merge", kind = merge, roles = "oPS", threads = 128, shared = 0>

// A cubin names its GPU, PTX what it was compiled for, and both their kernel
// where they hold one; PTX ends in a NUL that its size does not count.

// CHECK-DAG: func.func private @rdattn_cuda_launch(!llvm.ptr, !llvm.ptr, f32, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: func.func private @rdattn_current_call() -> !llvm.ptr

gpu.binary @code [#gpu.object<#nvvm.target<chip = "sm_90a">, properties = {kernel = "map"}, bin = "\7FELF">,
                  #gpu.object<#nvvm.target<chip = "sm_80">, assembly = ".version 7.0">]

// CHECK-LABEL: func.func @stores(
// CHECK-SAME: %[[Q:.*]]: memref<1x64x4x32xf16>, %[[K:.*]]: memref<1x64x2x32xf16>, %[[V:.*]]: memref<1x64x2x16xf16>, %[[SCALE:.*]]: f32,
func.func @stores(%q: memref<1x64x4x32xf16>, %k: memref<1x64x2x32xf16>, %v: memref<1x64x2x16xf16>, %scale: f32,
                  %items: memref<8x9xi32>, %rows: memref<0xi32>, %phases: memref<2xi32>,
                  %o: memref<1x64x4x16xf16>, %lse: memref<1x4x64xf32>) {
  // CHECK: %[[PROGRAM:.*]] = llvm.mlir.addressof @[[STORES:rdattn_program]] :
  // CHECK: %[[CALL:.*]] = call @rdattn_current_call()
  // CHECK: %[[Q_STRUCT:.*]] = builtin.unrealized_conversion_cast %[[Q]] : memref<1x64x4x32xf16> to !llvm.struct<(ptr, ptr, i64, array<4 x i64>, array<4 x i64>)>
  // CHECK: %[[Q_POINTER:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<4 x i64>, array<4 x i64>)>
  // CHECK: llvm.store %[[Q_STRUCT]], %[[Q_POINTER]]
  // CHECK: %[[K_POINTER:.*]] = llvm.alloca
  // CHECK: %[[V_POINTER:.*]] = llvm.alloca
  // CHECK: %[[ITEMS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
  // CHECK: %[[ROWS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
  // CHECK: %[[PHASES:.*]] = llvm.alloca
  // CHECK: %[[O:.*]] = llvm.alloca
  // CHECK: %[[LSE:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<3 x i64>, array<3 x i64>)>
  // CHECK: call @rdattn_cuda_launch(%[[CALL]], %[[PROGRAM]], %[[SCALE]], %[[Q_POINTER]], %[[K_POINTER]], %[[V_POINTER]], %[[ITEMS]], %[[ROWS]], %[[PHASES]], %[[O]], %[[LSE]])
  rdattn.dispatch @code [#map]
      ins(%q, %k, %v : memref<1x64x4x32xf16>, memref<1x64x2x32xf16>, memref<1x64x2x16xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<8x9xi32>, memref<0xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x4x16xf16>, memref<1x4x64xf32>) epilogue(store) tile(128x176)
  return
}

// CHECK-LABEL: func.func @merges(
func.func @merges(%q: memref<1x64x4x32xbf16>, %scale: f32, %items: memref<8x9xi32>, %rows: memref<0xi32>, %phases: memref<3xi32>) {
  // CHECK: llvm.mlir.addressof @[[MERGES:rdattn_program_[0-9]+]] :
  // CHECK: %[[NULL:.*]] = llvm.mlir.zero
  // CHECK: call @rdattn_cuda_launch({{.*}}, %[[NULL]])
  rdattn.dispatch @code [#rows, #merge]
      ins(%q, %q, %q : memref<1x64x4x32xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<8x9xi32>, memref<0xi32>, memref<3xi32>)
      outs(%q : memref<1x64x4x32xbf16>) epilogue(merge) tile(192x128)
  return
}

// What the runtime reads, as C would write it: the images of the binary are
// there once; f16 is 1 and bf16 2; kinds and epilogues are numbered as well.

// DATA-DAG: @[[CUBIN:rdattn_image[_0-9]*]] = internal constant [4 x i8] c"\7FELF", align 64
// DATA-DAG: @[[PTX:rdattn_image[_0-9]*]] = internal constant [13 x i8] c".version 7.0\00", align 64
// DATA-DAG: @[[SM_90A:rdattn_string[_0-9]*]] = internal constant [7 x i8] c"sm_90a\00"
// DATA-DAG: @[[COMPUTE_80:rdattn_string[_0-9]*]] = internal constant [11 x i8] c"compute_80\00"
// DATA-DAG: @[[MAP:rdattn_string[_0-9]*]] = internal constant [4 x i8] c"map\00"
// DATA-DAG: @[[MAP_ROLES:rdattn_string[_0-9]*]] = internal constant [11 x i8] c"mqkvosircl\00"
// DATA-DAG: @[[ROWS:rdattn_string[_0-9]*]] = internal constant [5 x i8] c"rows\00"
// DATA-DAG: @[[MERGE:rdattn_string[_0-9]*]] = internal constant [6 x i8] c"merge\00"
// DATA-DAG: @rdattn_images = internal constant [2 x { ptr, ptr, i64, ptr }] [{ ptr, ptr, i64, ptr } { ptr @[[SM_90A]], ptr @[[CUBIN]], i64 4, ptr @[[MAP]] }, { ptr, ptr, i64, ptr } { ptr @[[COMPUTE_80]], ptr @[[PTX]], i64 12, ptr null }]
// DATA-DAG: @[[KERNELS:rdattn_kernels]] = internal constant [1 x { ptr, ptr, i64, i64, i64 }] [{ ptr, ptr, i64, i64, i64 } { ptr @[[MAP]], ptr @[[MAP_ROLES]], i64 0, i64 384, i64 197632 }]
// DATA-DAG: @rdattn_program = internal constant { i64, i64, i64, i64, i64, ptr, i64, ptr, i64, i64 } { i64 1, i64 32, i64 16, i64 0, i64 2, ptr @rdattn_images, i64 1, ptr @[[KERNELS]], i64 128, i64 176 }
// DATA-DAG: @[[KERNELS_2:rdattn_kernels_0]] = internal constant [2 x {{.*}} [{ {{.*}} } { ptr @[[ROWS]], ptr @{{.*}}, i64 1, i64 256, i64 1024 }, { {{.*}} } { ptr @[[MERGE]], ptr @{{.*}}, i64 3, i64 128, i64 0 }]
// DATA-DAG: @rdattn_program_0 = internal constant {{.*}} { i64 2, i64 32, i64 32, i64 2, i64 2, ptr @rdattn_images, i64 2, ptr @[[KERNELS_2]], i64 192, i64 128 }
// DATA-NOT: @rdattn_images
