// The smallest C program runs a module, and gets what the definition gives.
// RUN: rdattn-translate %s --rdattn-to-shared-library -o %t.so
// RUN: %cc %source/examples/c/smallest.c %runtime -o %t.smallest
// RUN: %t.smallest %t.so | FileCheck %s
// RUN: not %t.smallest %t.missing.so 2>&1 | FileCheck %s --check-prefix=MISSING

// The last row of class 1 (odd tokens), as NumPy computes it in fp64:
//   x = (np.arange(48 * 2 * 16) % 7 - 3.0).reshape(48, 2, 16)[:, 0] / 4
//   s = x[47] @ x[1::2].T / 4; p = np.exp(s - s.max())
//   o = (p @ x[1::2] / p.sum())[0]; lse = s.max() + np.log(p.sum())
// CHECK: o = 0.2789{{[0-9]*}}, lse = 3.4041{{[0-9]*}}
// MISSING: error: {{.*}}missing.so

func.func @attention(%q: tensor<1x48x2x16xf32>, %k: tensor<1x48x2x16xf32>, %v: tensor<1x48x2x16xf32>)
    -> (tensor<1x48x2x16xf32>, tensor<1x2x48xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v pattern [48 dilation 2] : tensor<1x48x2x16xf32>
  return %o, %lse : tensor<1x48x2x16xf32>, tensor<1x2x48xf32>
}
