// Code for a GPU: its kernels, and the module that launches them.

// RUN: rdattn-translate --rdattn-to-ptx --kernel=attention_map %s | FileCheck %s --check-prefix=PTX
// PTX: .version 8.0
// PTX-NEXT: .target sm_90a
// PTX: .visible .entry attention_map(
// PTX-NOT: .visible .entry

// IR of every level has the same kernels.
// RUN: rdattn-translate --rdattn-to-ptx --kernel=attention_rows %s > %t.ptx
// RUN: rdattn-opt %s --rdattn-lower-to="level=launch target=cuda-sm90a" | rdattn-translate --rdattn-to-ptx --kernel=attention_rows | diff - %t.ptx
// RUN: rdattn-opt %s --rdattn-lower-to="level=rdtile target=cuda-sm90a" | rdattn-translate --rdattn-to-ptx --kernel=attention_rows | diff - %t.ptx
// RUN: rdattn-opt %s --rdattn-lower-to="level=nvvm target=cuda-sm90a" | rdattn-translate --rdattn-to-ptx --kernel=attention_rows | diff - %t.ptx

// RUN: rdattn-translate --rdattn-to-llvmir --target=cuda --kernels=ptx %s | FileCheck %s --check-prefix=IR
// IR: @[[STRING:rdattn_string[_0-9]*]] = internal constant {{.*}} c"compute_90a\00"
// IR: @rdattn_program = internal constant { {{.*}} } { i64 2, i64 64, i64 64, i64 0, i64 3, ptr @rdattn_images, i64 3,
// IR: call void @rdattn_cuda_launch(
// Host code that only launches runs on any CPU, unless one is named.
// IR-NOT: avx
// RUN: rdattn-translate --rdattn-to-llvmir --target=cuda --kernels=ptx --cpu=x86-64-v3 %s | FileCheck %s --check-prefix=AVX2
// AVX2: "target-features"="{{.*}}+avx2

// The same input gives the same bytes.
// RUN: rdattn-translate --rdattn-to-shared-library --target=cuda --kernels=ptx %s -o %t.so
// RUN: rdattn-translate --rdattn-to-shared-library --target=cuda --kernels=ptx %s -o %t.again.so
// RUN: cmp %t.so %t.again.so
// RUN: llvm-nm -D --defined-only %t.so | FileCheck %s --check-prefix=NAMES --match-full-lines
// NAMES: {{[0-9a-f]+}} D rdattn_module_data
// NAMES-NOT: {{.}}

// Each error is one sentence, and leaves no file.
// RUN: rm -f %t.out
// RUN: not rdattn-translate --rdattn-to-ptx %s -o %t.out 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: cuda.mlir:1:1: error: the module has several kernels; choose one with --kernel: attention_map, attention_rows, attention_elements
// RUN: not rdattn-translate --rdattn-to-ptx --kernel=attention %s -o %t.out 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: cuda.mlir:1:1: error: the module has no kernel 'attention', only attention_map, attention_rows, attention_elements
// RUN: echo 'module {}' | not rdattn-translate --rdattn-to-ptx -o %t.out 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: there is no attention, so that there is no GPU kernel
// RUN: not rdattn-translate --rdattn-to-object --target=tpu %s -o %t.out 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: for the --target option: unknown target 'tpu'; targets are cpu, cuda, cuda-sm90a and cuda-sm80
// RUN: not rdattn-translate --rdattn-to-object --target=cuda --kernels=sass %s -o %t.out 2>&1 | FileCheck %s --check-prefix=KERNELS
// KERNELS: error: unknown format 'sass'; formats are ptx, cubin, both and auto
// RUN: sed s/bf16/f32/g %s > %t.f32.mlir
// RUN: rdattn-translate --rdattn-to-ptx --kernel=attention_rows %t.f32.mlir | FileCheck %s --check-prefix=FLOAT
// FLOAT: .target sm_80
// FLOAT: .visible .entry attention_rows(
// RUN: not ls %t.out

func.func @attention(%q: tensor<1x256x2x64xbf16>, %k: tensor<1x256x2x64xbf16>,
                     %v: tensor<1x256x2x64xbf16>) -> tensor<1x256x2x64xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [128, 128 dilation 2] : tensor<1x256x2x64xbf16>
  return %o : tensor<1x256x2x64xbf16>
}
