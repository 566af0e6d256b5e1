// DEFINE: %{set} = rdattn-opt %s --convert-rdattn-attend-to-launch

// Fields of a schedule that are set by hand; the others keep their default.

// RUN: %{set}="target=cuda" | FileCheck %s --check-prefix=DEFAULT
// DEFAULT: queries(128) order(longest_first) group(16)
// DEFAULT: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = longest_first, group = 16>)
// RUN: %{set}="target=cuda schedule={keys = 112, stages = 1, lanes = 4}" | FileCheck %s --check-prefix=COUNTS
// COUNTS: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 1, consumers = 2, lanes = 4, pingpong = true, order = longest_first, group = 16>)
// RUN: %{set}="target=cuda schedule={pingpong=false,group=4}" | FileCheck %s --check-prefix=PINGPONG
// PINGPONG: queries(128) order(longest_first) group(4)
// PINGPONG: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = longest_first, group = 4>)

// Each consumer has 64 queries, one takes no turns, and a plain order has no groups.
// RUN: %{set}="target=cuda schedule={consumers = 1, order = plain}" | FileCheck %s --check-prefix=PLAIN
// PLAIN: queries(64) order(plain)
// PLAIN: schedule(#rdattn.sm90<queries = 64, keys = 128, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>)

// RUN: not %{set}="target=cuda schedule={keys = many}" 2>&1 | FileCheck %s --check-prefix=INTEGER
// INTEGER: error: schedule field 'keys' must be an integer, not 'many'
// RUN: not %{set}="target=cuda schedule={stages}" 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: schedule field 'stages' must be an integer, not ''
// RUN: not %{set}="target=cuda schedule={pingpong = 1}" 2>&1 | FileCheck %s --check-prefix=BOOLEAN
// BOOLEAN: error: schedule field 'pingpong' must be true or false, not '1'
// RUN: not %{set}="target=cuda schedule={order = random}" 2>&1 | FileCheck %s --check-prefix=ORDER
// ORDER: error: schedule field 'order' must be plain or longest_first, not 'random'
// RUN: not %{set}="target=cuda schedule={queries = 128}" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown schedule field 'queries'; fields are keys, stages, consumers, lanes, pingpong, order and group
// RUN: not %{set}="target=cuda schedule={keys = 100}" 2>&1 | FileCheck %s --check-prefix=RULE
// RULE: error: keys = 100 must be a multiple of 16 from 16 to 256
// RUN: not %{set}="target=cuda schedule={consumers = 1, pingpong = true}" 2>&1 | FileCheck %s --check-prefix=TURNS
// TURNS: error: pingpong = true needs 2 or 3 consumers to take
// RUN: not %{set}="target=cuda schedule={group = -1}" 2>&1 | FileCheck %s --check-prefix=GROUP
// GROUP: error: group = -1 must be at least 0
// RUN: not %{set}="target=cuda schedule={stages = 8}" 2>&1 | FileCheck %s --check-prefix=BUDGET
// BUDGET: error: schedule needs {{[0-9]+}} bytes of shared memory for D = 128 and Dv = 128
// RUN: not %{set}="target=cpu schedule={keys = 64}" 2>&1 | FileCheck %s --check-prefix=CPU
// CPU: error: a schedule is set for target cuda; target cpu takes none

// The pipeline hands it on.
// RUN: rdattn-opt %s --rdattn-lower-to="level=launch target=cuda-sm90a schedule={keys = 96}" | FileCheck %s --check-prefix=PIPELINE
// PIPELINE: keys = 96,
// RUN: rdattn-opt %s --rdattn-lower-to="level=launch target=cuda-sm80 schedule={warpgroups = 1}" | FileCheck %s --check-prefix=SM80
// SM80: #rdattn.sm80<{{.*}}warpgroups = 1,
// RUN: not rdattn-opt %s --rdattn-lower-to="level=launch target=cuda schedule={keys = 96}" 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: error: a schedule is for one architecture: set it for target cuda-sm90a or cuda-sm80

func.func @attend(%q: tensor<?x?x?x128xbf16>) -> tensor<?x?x?x128xbf16> {
  %o, %lse = rdattn.attend %q, %q, %q causal classes [contiguous 0 to 16 times ? every 16] : tensor<?x?x?x128xbf16>
  return %o : tensor<?x?x?x128xbf16>
}
