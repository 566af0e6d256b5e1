// UNSUPPORTED: ptxas
// RUN: not rdattn-opt %s --rdattn-serialize-kernels=format=cubin 2>&1 | FileCheck %s
// CHECK: error: ptxas was not found on the PATH, in $CUDA_HOME/bin or in /usr/local/cuda/bin: install the CUDA toolkit, or ask for PTX, which the driver compiles
gpu.module @kernels [#nvvm.target<chip = "sm_90a">] {
  llvm.func @f() attributes {nvvm.kernel} {
    llvm.return
  }
}
