// Grouped queries, a scale at run time, LongNet's branches; no lse.
func.func @attention(%q: tensor<?x?x?x32xTYPE>, %k: tensor<?x?x?x32xTYPE>, %v: tensor<?x?x?x8xTYPE>, %scale: f32)
    -> tensor<?x?x?x8xTYPE> {
  %o, %lse = rdattn.attention %q, %k, %v scale(%scale)
      pattern [64] repeat + [128 dilation 2 window 20] repeat per_head
      : tensor<?x?x?x32xTYPE>, tensor<?x?x?x32xTYPE>, tensor<?x?x?x8xTYPE>
  return %o : tensor<?x?x?x8xTYPE>
}
