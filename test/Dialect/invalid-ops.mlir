// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// Inputs of rdattn.attention and rdattn.attend
//===----------------------------------------------------------------------===//

func.func @rank(%q: tensor<16x4x8xf32>) {
  // expected-error@+1 {{q must be [batch, tokens, heads, head_dim], got 'tensor<16x4x8xf32>'}}
  rdattn.attention %q, %q, %q pattern [16] : tensor<16x4x8xf32>
  return
}

// -----

func.func @rank_of_v(%q: tensor<1x16x4x8xf32>, %v: tensor<*xf32>) {
  // expected-error@+1 {{v must be [batch, tokens, heads, head_dim], got 'tensor<*xf32>'}}
  rdattn.attend %q, %q, %v classes [contiguous 0 to 16]
      : tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<*xf32>
  return
}

// -----

func.func @element_types(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xbf16>) {
  // expected-error@+1 {{q, k and v must share one element type of f32, f16 and bf16, got 'f32', 'bf16' and 'f32'}}
  rdattn.attention %q, %k, %q pattern [16]
      : tensor<1x16x4x8xf32>, tensor<1x16x4x8xbf16>, tensor<1x16x4x8xf32>
  return
}

// -----

func.func @element_type(%q: tensor<1x16x4x8xf64>) {
  // expected-error@+1 {{q, k and v must share one element type of f32, f16 and bf16, got 'f64', 'f64' and 'f64'}}
  rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x4x8xf64>
  return
}

// -----

func.func @dynamic_head_dim(%q: tensor<1x16x4x?xf32>) {
  // expected-error@+1 {{the head dimension of q must be static}}
  rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x4x?xf32>
  return
}

// -----

func.func @dynamic_value_dim(%q: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x?xf32>) {
  // expected-error@+1 {{the head dimension of v must be static}}
  rdattn.attention %q, %q, %v pattern [16]
      : tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x4x?xf32>
  return
}

// -----

func.func @no_head_dim(%q: tensor<1x16x4x0xf32>) {
  // expected-error@+1 {{the head dimension of q must be at least 1, got 0}}
  rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x4x0xf32>
  return
}

// -----

func.func @head_dims(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x16xf32>) {
  // expected-error@+1 {{the head dimension of k must equal q's 8, got 16}}
  rdattn.attention %q, %k, %q pattern [16]
      : tensor<1x16x4x8xf32>, tensor<1x16x4x16xf32>, tensor<1x16x4x8xf32>
  return
}

// -----

func.func @batch(%q: tensor<1x16x4x8xf32>, %k: tensor<2x16x4x8xf32>) {
  // expected-error@+1 {{q, k and v must have the same batch size, got 1 and 2}}
  rdattn.attention %q, %k, %q pattern [16]
      : tensor<1x16x4x8xf32>, tensor<2x16x4x8xf32>, tensor<1x16x4x8xf32>
  return
}

// -----

func.func @tokens(%q: tensor<1x?x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x32x4x8xf32>) {
  // expected-error@+1 {{q, k and v must have the same number of tokens, got 16 and 32}}
  rdattn.attention %q, %k, %v pattern [16]
      : tensor<1x?x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x32x4x8xf32>
  return
}

// -----

func.func @kv_heads(%q: tensor<1x16x4x8xf32>, %v: tensor<1x16x2x8xf32>) {
  // expected-error@+1 {{k and v must have the same number of heads, got 4 and 2}}
  rdattn.attention %q, %q, %v pattern [16]
      : tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x2x8xf32>
  return
}

// -----

func.func @grouped(%q: tensor<1x16x12x8xf32>, %k: tensor<1x16x5x8xf32>) {
  // expected-error@+1 {{the number of query heads must be a multiple of the number of key/value heads, got 12 and 5}}
  rdattn.attention %q, %k, %k pattern [16]
      : tensor<1x16x12x8xf32>, tensor<1x16x5x8xf32>, tensor<1x16x5x8xf32>
  return
}

// -----

func.func @no_kv_heads(%q: tensor<1x16x12x8xf32>, %k: tensor<1x16x0x8xf32>) {
  // expected-error@+1 {{a multiple of the number of key/value heads, got 12 and 0}}
  rdattn.attend %q, %k, %k classes [contiguous 0 to 16]
      : tensor<1x16x12x8xf32>, tensor<1x16x0x8xf32>, tensor<1x16x0x8xf32>
  return
}

// -----

func.func @one_type_or_three(%q: tensor<1x16x12x8xf32>) {
  // expected-error@+1 {{expected one type for q, k and v, or three}}
  rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x12x8xf32>, tensor<1x16x12x8xf32>
  return
}

// -----

func.func @result_type(%q: tensor<1x16x4x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{'rdattn.attention' op inferred type(s) 'tensor<1x16x4x8xf32>', 'tensor<1x4x16xf32>' are incompatible}}
  "rdattn.attention"(%q, %q, %q) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>, pattern = #rdattn.pattern<[16]>}
      : (tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>)
      -> (tensor<1x16x4x8xf32>, tensor<1x16x4xf32>)
  return
}

// -----

//===----------------------------------------------------------------------===//
// Scale
//===----------------------------------------------------------------------===//

func.func @two_scales(%q: tensor<1x16x4x8xf32>, %s: f32) {
  // expected-error@+1 {{the scale must be an operand or a constant, not both}}
  "rdattn.attention"(%q, %q, %q, %s) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>, pattern = #rdattn.pattern<[16]>, scaleValue = 1.0 : f32}
      : (tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, f32)
      -> (tensor<1x16x4x8xf32>, tensor<1x4x16xf32>)
  return
}

// -----

func.func @nan_scale(%q: tensor<1x16x4x8xf32>) {
  // expected-error@+1 {{the scale must be finite}}
  rdattn.attention %q, %q, %q scale(0x7FC00000) pattern [16] : tensor<1x16x4x8xf32>
  return
}

// -----

func.func @infinite_scale(%q: tensor<1x16x4x8xf32>) {
  // expected-error@+1 {{the scale must be finite}}
  rdattn.attend %q, %q, %q scale(-1.0e39) classes [contiguous 0 to 16] : tensor<1x16x4x8xf32>
  return
}

// -----

func.func @word_for_scale(%q: tensor<1x16x4x8xf32>) {
  // expected-error@+1 {{expected floating point literal}}
  rdattn.attention %q, %q, %q scale(one) pattern [16] : tensor<1x16x4x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Coverage (S2)
//===----------------------------------------------------------------------===//

func.func @too_long(%q: tensor<1x64x4x8xf32>) {
  // expected-error@+1 {{S = 64 is longer than the pattern's 48 tokens}}
  rdattn.attention %q, %q, %q pattern [64] + [16, 32] : tensor<1x64x4x8xf32>
  return
}

// -----

func.func @tokens_of_v(%q: tensor<1x?x4x8xf32>, %v: tensor<1x64x4x8xf32>) {
  // expected-error@+1 {{S = 64 is longer than the pattern's 48 tokens}}
  rdattn.attention %q, %q, %v pattern [48]
      : tensor<1x?x4x8xf32>, tensor<1x?x4x8xf32>, tensor<1x64x4x8xf32>
  return
}

// -----

func.func @too_long_for_classes(%q: tensor<1x64x4x8xf32>) {
  // expected-error@+1 {{S = 64 is longer than the pattern's 48 tokens}}
  rdattn.attend %q, %q, %q classes [contiguous 0 to 16 times 3 every 16] : tensor<1x64x4x8xf32>
  return
}

// -----

func.func @shared_token(%q: tensor<1x64x4x8xf32>) {
  // expected-error@+1 {{the groups at tokens 0 and 8 share a token}}
  rdattn.attend %q, %q, %q classes [contiguous 0 to 64, contiguous 8 to 16] : tensor<1x64x4x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// rdattn.merge
//===----------------------------------------------------------------------===//

func.func @no_partials() {
  // expected-error@+1 {{needs at least one partial result}}
  "rdattn.merge"() : () -> (tensor<1x16x4x8xf32>, tensor<1x4x16xf32>)
  return
}

// -----

func.func @unpaired(%o: tensor<1x16x4x8xf32>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{expected ','}}
  rdattn.merge (%o) : tensor<1x16x4x8xf32> to tensor<1x16x4x8xf32>
  return
}

// -----

func.func @merge_rank(%o: tensor<16x4x8xf32>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{expected a tensor [batch, tokens, heads, head_dim]}}
  rdattn.merge (%o, %lse) : tensor<16x4x8xf32> to tensor<1x16x4x8xf32>
  return
}

// -----

func.func @partial_type(%o: tensor<1x16x4x8xbf16>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{partials must be f32 or of the result's element type 'f16', got 'bf16'}}
  rdattn.merge (%o, %lse) : tensor<1x16x4x8xbf16> to tensor<1x16x4x8xf16>
  return
}

// -----

func.func @partial_types(%o: tensor<1x16x4x8xf32>, %o1: tensor<1x16x8x8xf32>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{partials must have one type, got 'tensor<1x16x4x8xf32>' and 'tensor<1x16x8x8xf32>'}}
  "rdattn.merge"(%o, %o1, %lse, %lse)
      : (tensor<1x16x4x8xf32>, tensor<1x16x8x8xf32>, tensor<1x4x16xf32>, tensor<1x4x16xf32>)
      -> (tensor<1x16x4x8xf32>, tensor<1x4x16xf32>)
  return
}

// -----

func.func @partial_lse(%o: tensor<1x16x4x8xf32>, %lse: tensor<1x16x4xf32>) {
  // expected-error@+1 {{the lse of a partial must be 'tensor<1x4x16xf32>', got 'tensor<1x16x4xf32>'}}
  "rdattn.merge"(%o, %lse) : (tensor<1x16x4x8xf32>, tensor<1x16x4xf32>)
      -> (tensor<1x16x4x8xf32>, tensor<1x4x16xf32>)
  return
}

// -----

func.func @merge_shape(%o: tensor<1x16x4x8xf32>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{the result must have the shape of its partials 'tensor<1x16x4x8xf32>', got 'tensor<1x16x4x16xf32>'}}
  rdattn.merge (%o, %lse) : tensor<1x16x4x8xf32> to tensor<1x16x4x16xf32>
  return
}

// -----

func.func @merge_lse(%o: tensor<1x16x4x8xf32>, %lse: tensor<1x4x16xf32>) {
  // expected-error@+1 {{the result lse must be 'tensor<1x4x16xf32>', got 'tensor<1x16x4xf32>'}}
  "rdattn.merge"(%o, %lse) : (tensor<1x16x4x8xf32>, tensor<1x4x16xf32>)
      -> (tensor<1x16x4x8xf32>, tensor<1x16x4xf32>)
  return
}

// -----

//===----------------------------------------------------------------------===//
// rdattn.plan
//===----------------------------------------------------------------------===//

func.func @queries(%n: index) {
  // expected-error@+1 {{queries must be at least 1, got -256}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(-256) order(plain)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @phases(%n: index) {
  // expected-error@+1 {{phases must have 3 entries, one more than there are branches, got 2}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(256) order(plain)
      classes [contiguous 0 to 16] + [contiguous 0 to 32]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @columns(%n: index) {
  // expected-error@+1 {{a work table must have 9 columns, got 'tensor<?x8xi32>'}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(256) order(plain)
      classes [contiguous 0 to 16] : tensor<?x8xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @table_order(%n: index) {
  // expected-error@+1 {{unknown order 'shortest_first': expected 'plain' or 'longest_first'}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(256) order(shortest_first)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @group(%n: index) {
  // expected-error@+1 {{group must be at least 0, which sorts a whole branch, got -16}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(256) order(longest_first) group(-16)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @plain_group(%n: index) {
  // expected-error@+1 {{group(16) needs order(longest_first): a plain table is not sorted}}
  rdattn.plan batch(%n) tokens(%n) heads(%n, %n) queries(256) order(plain) group(16)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

func.func @no_branches(%n: index) {
  // expected-error@+1 {{needs the classes of at least one branch}}
  "rdattn.plan"(%n, %n, %n, %n) {branches = [], queries = 256 : i64, order = #rdattn<tile_order plain>}
      : (index, index, index, index) -> (tensor<?x9xi32>, tensor<?xi32>, tensor<1xi32>)
  return
}
