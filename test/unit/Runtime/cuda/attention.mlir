func.func @attention(%q: tensor<?x?x?x64xbf16>, %k: tensor<?x?x?x64xbf16>, %v: tensor<?x?x?x64xbf16>)
    -> tensor<?x?x?x64xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [1024] : tensor<?x?x?x64xbf16>
  return %o : tensor<?x?x?x64xbf16>
}
