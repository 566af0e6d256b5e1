#!/usr/bin/env bash
# Checks the sources' format and runs the linters; --fix formats instead.
set -uo pipefail
cd "$(dirname "$0")/.."
mapfile -t sources < <(git ls-files '*.c' '*.cpp' '*.h')
# lit gives its configurations names that ruff cannot know.
mapfile -t scripts < <(git ls-files '*.py' | grep -v '^test/lit.cfg.py$')
python=.venv/bin/python
if [[ ${1-} == --fix ]]; then
  clang-format-22 -i "${sources[@]}"
  $python -m ruff check --fix -q "${scripts[@]}"
  exec $python -m ruff format -q "${scripts[@]}"
fi

failed=0
check() {
  echo "lint: $1"
  "${@:2}" || failed=1
}
tidy() {
  run-clang-tidy-22 -quiet -p build -j "$(nproc)" \
    -warnings-as-errors='*' "$PWD/(dialect|lib|runtime|tools)/" 2>/dev/null
}
check clang-format clang-format-22 --dry-run --Werror "${sources[@]}"
check ruff $python -m ruff check -q "${scripts[@]}"
check ruff-format $python -m ruff format -q --check "${scripts[@]}"
check mypy $python -m mypy
check clang-tidy tidy
exit $failed
