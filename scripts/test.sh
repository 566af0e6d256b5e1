#!/usr/bin/env bash
# Runs kinds of tests and closes with a line for each.
# usage: scripts/test.sh preset kind... (lit, unit, python)
set -uo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
build=build
[[ $preset == default ]] || build=build-$preset
if [[ $preset == asan ]]; then
  # LLVM itself is not sanitized, and does not keep what poisons its allocators.
  export ASAN_OPTIONS=${ASAN_OPTIONS:-allow_user_poisoning=0:detect_container_overflow=0}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
fi

run_lit() {
  local lit # run by .venv's Python, whose psutil the timeout needs
  lit=$(sed -n 's/^LLVM_EXTERNAL_LIT:[A-Z]*=//p' "$build/CMakeCache.txt")
  .venv/bin/python "${lit:-$(command -v lit)}" -sv --timeout 600 "$build/test"
}

# lit is in CTest's list as well; here it has a line of its own. What passes
# is counted, not listed.
run_unit() {
  ctest --test-dir "$build" --output-on-failure --no-tests=error \
    --parallel "$(nproc)" --exclude-regex '^lit$' | grep -vE '^ +Start |Passed +[0-9.]+ sec'
}

run_python() {
  .venv/bin/python -c 'import torch' 2>/dev/null ||
    echo "torch tests skipped: torch is not in .venv" \
         "(.venv/bin/python -m pip install torch)"
  PYTHONPATH=$PWD/build/python .venv/bin/python -m pytest -q -rs test/python
}

failed=0
summary=()
for kind in "$@"; do
  echo "test: $kind"
  start=$SECONDS
  if "run_$kind"; then
    result=passed
  else
    result=FAILED
    failed=1
  fi
  summary+=("$(printf 'test: %-7s %s in %d s' "$kind" "$result" $((SECONDS - start)))")
done
echo
printf '%s\n' "${summary[@]}"
exit $failed
