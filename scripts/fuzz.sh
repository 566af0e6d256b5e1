#!/usr/bin/env bash
# Runs the property tests on new random examples until the time is over.
# usage: scripts/fuzz.sh seconds [pytest arguments]
set -uo pipefail
cd "$(dirname "$0")/.."
limit=${1:-60}
shift || true
[[ $limit =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: not a number of seconds: '$limit'" >&2; exit 2; }

rounds=0
while ((SECONDS < limit)); do
  seed=$((RANDOM * 32768 + RANDOM))
  echo "fuzz: $((limit - SECONDS)) s left, seed $seed"
  PYTHONPATH=$PWD/build/python RDATTN_EXAMPLES=${RDATTN_EXAMPLES:-200} \
    timeout --signal=INT $((limit - SECONDS)) \
    .venv/bin/python -m pytest -q -x -m hypothesis --hypothesis-seed=$seed \
    --no-header --tb=short -p no:warnings "$@" test/python >build/fuzz.log 2>&1
  status=$?
  if [[ $status == 124 ]]; then
    break
  elif [[ $status != 0 ]]; then
    cat build/fuzz.log
    echo "fuzz: failed with seed $seed"
    exit 1
  fi
  rounds=$((rounds + 1))
done
echo "fuzz: no failure in $SECONDS s, $rounds whole rounds of all property tests"
