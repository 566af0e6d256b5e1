// The C example says so where its module is for a GPU and there is none.

// UNSUPPORTED: gpu
// RUN: %cc %source/examples/c/example.c %runtime -o %t.example
// RUN: rdattn-translate --rdattn-to-shared-library --target=cuda --kernels=ptx %s -o %t.so
// RUN: not %t.example %t.so 2>&1 | FileCheck %s
// CHECK: error: {{no CUDA driver was found|the CUDA driver finds no device}}

func.func @attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>)
    -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [8, 8 dilation 2] : tensor<?x?x?x64xf32>
  return %o, %lse : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
}
