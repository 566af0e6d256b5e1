#!/usr/bin/env bash
# Writes the reference of the dialect and of its passes, from their ODS.
set -euo pipefail
cd "$(dirname "$0")/.."
llvm=$(sed -n 's/^LLVM_DIR:[A-Z]*=//p' build/CMakeCache.txt)
prefix=${llvm%/lib/cmake/llvm}
mkdir -p build/docs
"$prefix/bin/mlir-tblgen" -gen-dialect-doc -dialect=rdattn -I . \
  -I "$prefix/include" dialect/RDAttnOps.td -o build/docs/dialect.md
for passes in $(git ls-files '*Passes.td'); do
  name=$(dirname "$passes" | tr / -)
  "$prefix/bin/mlir-tblgen" -gen-pass-doc -I . -I "$prefix/include" "$passes" \
    -o "build/docs/passes-$name.md"
done
echo "docs: $(ls build/docs/*.md | tr '\n' ' ')"
