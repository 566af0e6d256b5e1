// One attention, neither more nor less, has a pattern to be written.

// RUN: rdattn-translate --rdattn-pattern-to-json --split-input-file --verify-diagnostics %s

// expected-error@+1 {{there is no rdattn.attention, whose pattern is to be written}}
module {
}

// -----

func.func @two(%q: tensor<1x?x2x32xf32>) {
  // expected-note@+1 {{the first is here}}
  %0, %1 = rdattn.attention %q, %q, %q pattern [16] : tensor<1x?x2x32xf32>
  // expected-error@+1 {{there are 2 rdattn.attention, but one pattern is to be written; keep one}}
  %2, %3 = rdattn.attention %q, %q, %q pattern [32] : tensor<1x?x2x32xf32>
  return
}
