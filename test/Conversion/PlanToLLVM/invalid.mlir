// RUN: rdattn-opt %s --convert-rdattn-plan-to-llvm --verify-diagnostics

func.func @plan_on_tensors(%s: index) -> tensor<?x9xi32> {
  // expected-error@+1 {{'rdattn.plan' op must be on memrefs to become a call; bufferise it first}}
  %items, %rows, %phases = rdattn.plan batch(%s) tokens(%s) heads(%s, %s)
      queries(8) order(plain) classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %items : tensor<?x9xi32>
}
