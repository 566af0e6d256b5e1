// The C example on a GPU: the same numbers as on the CPU, from a module file and
// linked in.

// REQUIRES: gpu
// RUN: %cc %source/examples/c/example.c %runtime -o %t.example
// RUN: rdattn-translate --rdattn-to-shared-library %s -o %t.cpu.so
// RUN: rdattn-translate --rdattn-to-shared-library --target=cuda %s -o %t.cuda.so
// RUN: %t.example %t.cpu.so | FileCheck %s
// RUN: %t.example %t.cuda.so | FileCheck %s
// RUN: rdattn-translate --rdattn-to-object --target=cuda %s -o %t.o
// RUN: %cc -DRDATTN_LINKED %source/examples/c/example.c %t.o %runtime -o %t.linked
// RUN: %t.linked | FileCheck %s
// CHECK: o[0] = {{-1.00000|-0.99999}}
// CHECK-NEXT: o[1] = 0.52
// CHECK-NEXT: o[2] = 0.04
// CHECK-NEXT: o[3] = -0.43
// CHECK-NEXT: lse[0] = 2.7353

func.func @attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>)
    -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [8, 8 dilation 2] : tensor<?x?x?x64xf32>
  return %o, %lse : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
}
