#!/usr/bin/env bash
# Gets what the build needs: Debian packages and the Python environment .venv.
# Quick and silent when all is there. usage: scripts/setup.sh [asan] [lint]
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(cmake ninja-build ccache git clang-22 lld-22 libmlir-22-dev
          mlir-22-tools llvm-22-dev llvm-22-tools libomp-22-dev libgtest-dev
          libgmock-dev libopenmpi-dev libzstd-dev openmpi-bin zlib1g-dev)
requirements=(scripts/requirements.txt)
for extra in "$@"; do
  case $extra in
    asan) packages+=(libclang-rt-22-dev) ;;
    lint) packages+=(clang-format-22 clang-tidy-22)
          requirements+=(scripts/requirements-lint.txt) ;;
    *) echo "setup: no such extra: '$extra' (asan, lint)" >&2; exit 2 ;;
  esac
done

say() { echo "setup: $*"; }
fail() { echo "setup: error: $*" >&2; exit 1; }

# The first of these that is new enough; an older default is common.
find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
        2>/dev/null </dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Debian splits its own Python; others bring venv and the headers with them.
python_is_complete() {
  "$1" - 2>/dev/null <<'PY'
import ensurepip, os, sysconfig, venv
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
PY
}

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' \
    "${packages[@]}" 2>/dev/null | sed -n 's/ installed$//p' || true)
  comm -23 <(printf '%s\n' "${packages[@]}" | sort) <(sort <<<"$installed")
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@" </dev/null
  else
    sudo -n true 2>/dev/null || say "sudo asks for your password to install packages"
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

install() {
  local log=build/setup.log
  local get=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300)
  if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
    fail "these packages are missing, and this is neither root nor has sudo;" \
         "as root run: apt-get install $*"
  fi
  say "installing $*"
  as_root "${get[@]}" "$@" >"$log" 2>&1 && return
  say "updating the package lists"
  as_root apt-get update >>"$log" 2>&1 || true
  as_root "${get[@]}" "$@" >>"$log" 2>&1 && return
  tail -n 15 "$log" >&2
  fail "apt-get could not install: $*. LLVM 22 for other releases is at" \
       "https://apt.llvm.org (the whole log: $log)"
}

setup_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    command -v clang++-22 cmake ninja mlir-tblgen-22 >/dev/null ||
      fail "this is not Debian or Ubuntu: install ${packages[*]} by your" \
           "system's means, with clang++-22, cmake and ninja on the PATH"
    return
  fi
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} == 0 ]] || install "${missing[@]}"
}

setup_python() {
  python=$(find_python) || { install python3; python=$(find_python); } ||
    fail "Python 3.11 or newer is needed; python3 is $(python3 --version 2>&1)"
  python_is_complete "$python" && return
  install python3-venv python3-dev
  python_is_complete "$python" ||
    fail "$python lacks venv or its headers (the package python3-dev)"
}

# The stamp names the requirements that .venv holds; a broken .venv is remade.
setup_venv() {
  local wanted stamp
  wanted=$(cat "${requirements[@]}" | sha256sum | cut -c1-16)
  stamp=.venv/.requirements-$wanted
  if [[ -f $stamp ]] && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  setup_python
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "creating .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
  fi
  say "installing $(cat "${requirements[@]}" | tr '\n' ' ')into .venv"
  .venv/bin/python -m pip install -q --disable-pip-version-check \
    "${requirements[@]/#/-r}" </dev/null ||
    fail "pip could not install the Python requirements (the reason is above)"
  touch "$stamp"
}

mkdir -p build
exec 9>build/.setup.lock
flock 9
setup_packages
setup_venv
