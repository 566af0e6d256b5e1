#!/usr/bin/env bash
# Configures where needed, then builds. usage: scripts/build.sh preset [ninja arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
case $preset in
  default) build=build ;;
  *) build=build-$preset ;;
esac

# Two builds of one folder at a time would trip over each other.
mkdir -p "$build"
exec 9>"$build/.build.lock"
flock 9

pybind11=$(.venv/bin/python -m pybind11 --cmakedir)
wanted=$(cat CMakePresets.json - <<<"$PWD $pybind11" | sha256sum)
stamp=$build/.configured
if [[ ! -f $build/build.ninja || $(cat "$stamp" 2>/dev/null) != "$wanted" ]]; then
  echo "build: configuring $build"
  cmake --preset "$preset" -Dpybind11_DIR="$pybind11" >"$build/configure.log" 2>&1 ||
    { cat "$build/configure.log" >&2; exit 1; }
  echo "$wanted" >"$stamp"
fi
export NINJA_STATUS="[%f/%t, %es] "
ninja -C "$build" "$@" 9>&-
