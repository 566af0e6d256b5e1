// IR of every level becomes the same code.

// RUN: rdattn-translate --rdattn-to-llvmir %s > %t.ll
// RUN: rdattn-opt %s --rdattn-lower-to=level=expanded | rdattn-translate --rdattn-to-llvmir > %t.expanded.ll
// RUN: rdattn-opt %s --rdattn-lower-to=level=launch | rdattn-translate --rdattn-to-llvmir > %t.launch.ll
// RUN: rdattn-opt %s --rdattn-lower-to=level=bufferized | rdattn-translate --rdattn-to-llvmir > %t.bufferized.ll
// RUN: rdattn-opt %s --rdattn-lower-to=level=cpu | rdattn-translate --rdattn-to-llvmir > %t.cpu.ll
// RUN: rdattn-opt %s --rdattn-lower-to=level=llvm | rdattn-translate --rdattn-to-llvmir > %t.llvm.ll
// RUN: diff %t.ll %t.expanded.ll
// RUN: diff %t.ll %t.launch.ll
// RUN: diff %t.ll %t.bufferized.ll
// RUN: diff %t.ll %t.cpu.ll
// RUN: diff %t.ll %t.llvm.ll

func.func @attention(%q: tensor<1x64x2x32xf32>, %k: tensor<1x64x2x32xf32>,
                     %v: tensor<1x64x2x32xf32>) -> tensor<1x64x2x32xf32> {
  %o, %lse = rdattn.attention %q, %k, %v
      pattern [16, 48 dilation 2] : tensor<1x64x2x32xf32>
  return %o : tensor<1x64x2x32xf32>
}
