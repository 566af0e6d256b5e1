// Code for one attention, three ways: as text, as a module file, and as an
// object file in a C program.

// RUN: rdattn-translate --rdattn-to-llvmir %s | FileCheck %s --check-prefix=IR
// IR: @rdattn_module_data = {{.*}}constant
// IR-NOT: define {{(dso_local )?}}void
// IR: define internal void @rdattn_entry_attention

// RUN: rdattn-translate --rdattn-to-shared-library %s -o %t.so
// RUN: %cc %source/examples/c/example.c %runtime -o %t.opens
// RUN: %t.opens %t.so | FileCheck %s
// RUN: rdattn-translate --rdattn-to-object %s -o %t.o
// RUN: %cc -DRDATTN_LINKED %source/examples/c/example.c %t.o %runtime -o %t.linked
// RUN: %t.linked | FileCheck %s
// The first row of a causal attention sees itself alone: o is v.
// CHECK: o[0] = -1.000000
// CHECK-NEXT: o[1] = 0.522000
// CHECK-NEXT: o[2] = 0.044000
// CHECK-NEXT: o[3] = -0.434000
// CHECK-NEXT: lse[0] = 1.946196

// A module shows one name, and needs libraries by name alone.
// RUN: llvm-nm -D --defined-only %t.so | FileCheck %s --check-prefix=NAMES --match-full-lines
// RUN: llvm-nm --extern-only --defined-only %t.o | FileCheck %s --check-prefix=NAMES --match-full-lines
// NAMES-NOT: {{.}}
// NAMES: {{[0-9a-f]+}} D rdattn_module_data
// NAMES-NOT: {{.}}
// RUN: llvm-readelf -d %t.so | FileCheck %s --check-prefix=NEEDED
// NEEDED-NOT: RPATH
// NEEDED-NOT: RUNPATH
// NEEDED: (NEEDED) Shared library: [librdattn_runtime.so.7]
// NEEDED-NEXT: (NEEDED) Shared library: [libomp.so.5]
// NEEDED-NEXT: (NEEDED) Shared library: [libm.so.6]
// NEEDED-NEXT: (NEEDED) Shared library: [libc.so.6]
// NEEDED-NOT: RPATH
// NEEDED-NOT: RUNPATH

// The same input gives the same bytes, and nothing is left behind.
// RUN: rm -rf %t.tmp && mkdir %t.tmp
// RUN: env TMPDIR=%t.tmp rdattn-translate --rdattn-to-shared-library %s -o %t.again.so
// RUN: cmp %t.so %t.again.so
// RUN: rmdir %t.tmp

func.func @attention(%q: tensor<1x64x2x32xf32>, %k: tensor<1x64x2x32xf32>,
                     %v: tensor<1x64x2x32xf32>)
    -> (tensor<1x64x2x32xf32>, tensor<1x2x64xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [16, 48 dilation 2] : tensor<1x64x2x32xf32>
  return %o, %lse : tensor<1x64x2x32xf32>, tensor<1x2x64xf32>
}
