// RUN: rdattn-opt %s --rdattn-serialize-kernels=format=ptx | sed 's/\\0A/\n/g; s/\\09/ /g' > %t.ptx
// RUN: FileCheck %s --check-prefix=PTX < %t.ptx
// RUN: FileCheck %s --check-prefix=INLINED < %t.ptx
// RUN: FileCheck %s --check-prefix=ROLLED < %t.ptx

// RUN: mkdir -p %t && cp %S/Inputs/ptxas.sh %t/ptxas
// RUN: rdattn-opt %s --rdattn-serialize-kernels="format=cubin ptxas=%t/ptxas" 2> %t.warnings | FileCheck %s --check-prefix=CUBIN
// RUN: FileCheck %s --check-prefix=WARNING < %t.warnings
// RUN: cp %S/Inputs/ptxas.sh %t/quiet
// RUN: rdattn-opt %s --rdattn-serialize-kernels="format=both ptxas=%t/quiet" 2>&1 | FileCheck %s --check-prefix=BOTH --implicit-check-not=warning:
// RUN: rdattn-opt %s --rdattn-serialize-kernels=ptxas=%t/quiet 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: rdattn-opt %s --rdattn-serialize-kernels=ptxas=%t/absent 2>&1 | FileCheck %s --check-prefix=ALONE --implicit-check-not=" bin ="

// Without targets of its own, a module stays what it is the second time.
// RUN: rdattn-opt %s --rdattn-serialize-kernels=format=ptx -o %t.once
// RUN: rdattn-opt %t.once --rdattn-serialize-kernels=format=ptx | diff %t.once -

// Each kernel is compiled alone, with the oldest PTX that has the GPU, for the
// oldest driver that can read it.
// PTX: gpu.binary @one [#gpu.object<#nvvm.target<chip = "sm_90a">, properties = {kernel = "square"}, assembly =
// PTX: .version 8.0
// PTX-NEXT: .target sm_90a
// PTX: .visible .entry square(
// PTX: .maxntid 128
// PTX: #gpu.object<#nvvm.target<chip = "sm_90a">, properties = {kernel = "cube"}, assembly =
// PTX-NOT: square
// PTX: .visible .entry cube(
// PTX: gpu.binary @two [#gpu.object<#nvvm.target<chip = "sm_80">, properties = {kernel = "sum"}, assembly =
// PTX: .version 7.0
// PTX-NEXT: .target sm_80
// PTX: #gpu.object<#nvvm.target<chip = "sm_90a", features = "+ptx83">, properties = {kernel = "sum"}, assembly =
// PTX: .version 8.3
// PTX-NEXT: .target sm_90a

// INLINED: .entry square(
// INLINED-NOT: call
// INLINED: .entry sum(

// One addition: the loop of four is still one.
// ROLLED: .entry sum(
// ROLLED-COUNT-1: add.rn.f32
// ROLLED-NOT: add.rn.f32
// ROLLED: .entry sum(

// CUBIN: gpu.binary @one [#gpu.object<#nvvm.target<chip = "sm_90a">
// CUBIN-SAME: properties = {kernel = "square", registers = 168 : i64, shared = 1024 : i64, spill_loads = 48 : i64, spill_stores = 60 : i64, stack = 64 : i64}
// CUBIN-SAME: bin = "cubin of -v -O3 -arch=sm_90a">
// CUBIN-SAME: {kernel = "cube",
// CUBIN: gpu.binary @two [#gpu.object<#nvvm.target<chip = "sm_80">, {{.*}} bin = "cubin of -v -O3 -arch=sm_80">, #gpu.object<{{.*}} bin = "cubin of -v -O3 -arch=sm_90a">]
// CUBIN-NOT: assembly
// WARNING: serialize-kernels.mlir:[[#@LINE+7]]:1: warning: ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized

// BOTH: gpu.binary @one [#gpu.object<{{.*}} bin = "{{.*}}">, #gpu.object<{{.*}} assembly = {{.*}} bin = {{.*}} assembly =
// BOTH: gpu.binary @two [#gpu.object<{{.*}} bin = {{.*}} assembly = {{.*}} bin = {{.*}} assembly =
// ALONE: gpu.binary @one
// ALONE: gpu.binary @two

gpu.module @one [#nvvm.target<chip = "sm_90a">] {
  llvm.func @times(%x: f32, %y: f32) -> f32 attributes {no_inline} {
    %0 = llvm.fmul %x, %y : f32
    llvm.return %0 : f32
  }
  llvm.func @square(%data: !llvm.ptr) attributes {nvvm.kernel, nvvm.maxntid = array<i32: 128>} {
    %x = llvm.load %data : !llvm.ptr -> f32
    %0 = llvm.call @times(%x, %x) : (f32, f32) -> f32
    llvm.store %0, %data : f32, !llvm.ptr
    llvm.return
  }
  llvm.func @cube(%data: !llvm.ptr) attributes {nvvm.kernel} {
    %x = llvm.load %data : !llvm.ptr -> f32
    %0 = llvm.call @times(%x, %x) : (f32, f32) -> f32
    %1 = llvm.call @times(%0, %x) : (f32, f32) -> f32
    llvm.store %1, %data : f32, !llvm.ptr
    llvm.return
  }
}

gpu.module @two [#nvvm.target<chip = "sm_80">, #nvvm.target<chip = "sm_90a", features = "+ptx83">] {
  llvm.func @sum(%data: !llvm.ptr) attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %four = llvm.mlir.constant(4 : i64) : i64
    %f = llvm.mlir.constant(0.0 : f32) : f32
    llvm.br ^loop(%zero, %f : i64, f32)
  ^loop(%i: i64, %sum: f32):
    %at = llvm.getelementptr %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %at : !llvm.ptr -> f32
    %next = llvm.fadd %sum, %x : f32
    %j = llvm.add %i, %one : i64
    %more = llvm.icmp "slt" %j, %four : i64
    llvm.cond_br %more, ^loop(%j, %next : i64, f32), ^end
  ^end:
    llvm.store %next, %data : f32, !llvm.ptr
    llvm.return
  }
}
