// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

// expected-error@+1 {{expected an integer}}
#a = #rdattn.segment<dilation 2>

// -----

// expected-error@+1 {{9223372036854775808 does not fit in 64 bits}}
#a = #rdattn.segment<9223372036854775808>

// -----

// expected-error@+1 {{-9223372036854775809 does not fit in 64 bits}}
#a = #rdattn.segment<2048 window -9223372036854775809>

// -----

// expected-error@+1 {{unknown 'dilated': expected 'dilation', 'order', 'window'}}
#a = #rdattn.segment<2048 dilated 2>

// -----

// expected-error@+1 {{'dilation' is given twice}}
#a = #rdattn.segment<2048 dilation 2 dilation 2>

// -----

// expected-error@+1 {{unknown order: expected 'identity', 'hilbert' or 'hilbert<rows x cols>'}}
#a = #rdattn.segment<2048 order morton>

// -----

// expected-error@+1 {{expected 'x' and the number of columns}}
#a = #rdattn.segment<2048 order hilbert<64>>

// -----

// expected-error@+1 {{expected the number of columns after 'x'}}
#a = #rdattn.segment<2048 order hilbert<64xy>>

// -----

// expected-error@+1 {{99999999999999999999 does not fit in 64 bits}}
#a = #rdattn.segment<2048 order hilbert<64x99999999999999999999>>

// -----

// S2
// expected-error@+1 {{segment length must be at least 1, but is 0}}
#a = #rdattn.segment<0>

// -----

// expected-error@+1 {{segment length must be at least 1, but is -2048}}
#a = #rdattn.segment<-2048>

// -----

// expected-error@+1 {{dilation must be at least 1, but is 0}}
#a = #rdattn.segment<2048 dilation 0>

// -----

// S11
// expected-error@+1 {{window must be at least 1, but is 0}}
#a = #rdattn.segment<2048 window 0>

// -----

// S3
// expected-error@+1 {{a grid needs at least 1 row and 1 column, but is -4x8}}
#a = #rdattn.segment<2048 order hilbert<-4x8>>

// -----

// expected-error@+1 {{a grid needs at least 1 row and 1 column, but is 8x-4}}
#a = #rdattn.segment<2048 order hilbert<8x-4>>

// -----

// S3
// expected-error@+1 {{grid 8x8 has 64 cells, fewer than the segment's 2048 tokens}}
#a = #rdattn.segment<2048 order hilbert<8x8>>

// -----

// S2, S3
// expected-error@+1 {{grid 4294967296x4294967296 has more than 2^63 - 1 cells}}
#a = #rdattn.segment<2048 order hilbert<4294967296x4294967296>>

// -----

//===----------------------------------------------------------------------===//
// Branches and patterns
//===----------------------------------------------------------------------===//

// expected-error@+1 {{a branch needs at least one segment, but has none}}
#a = #rdattn.branch<[]>

// -----

// S2
// expected-error@+1 {{the lengths of the branch's segments add up to more than 2^63 - 1 tokens}}
#a = #rdattn.branch<[9223372036854775807, 1]>

// -----

// expected-error@+1 {{unknown 'cycle': expected 'repeat', 'per_head'}}
#a = #rdattn.branch<[2048] cycle>

// -----

// expected-error@+1 {{'repeat' is given twice}}
#a = #rdattn.branch<[2048] repeat repeat>

// -----

// expected-error@+1 {{unknown 'detach': expected 'repeat', 'per_head', 'detach_mixing'}}
#a = #rdattn.pattern<[2048] detach>

// -----

// expected-error@+1 {{'detach_mixing' follows the last branch}}
#a = #rdattn.pattern<[2048] detach_mixing + [4096]>

// -----

// The error stands at the segment that breaks the rule.

#a = #rdattn.pattern<[2048] +
// expected-error@+1 {{dilation must be at least 1, but is -1}}
                     [4096 dilation -1]>

// -----

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

// expected-error@+1 {{unknown access: expected 'contiguous', 'strided' or 'gathered'}}
#a = #rdattn.classes<scattered 0 to 16>

// -----

// expected-error@+1 {{the length of -9223372036854775808 to 1 does not fit in 64 bits}}
#a = #rdattn.classes<contiguous -9223372036854775808 to 1>

// -----

// expected-error@+1 {{unknown 'dilation': expected 'stride', 'order', 'runs', 'window', 'times'}}
#a = #rdattn.classes<strided 0 to 16 dilation 2>

// -----

// expected-error@+1 {{'stride' is given twice}}
#a = #rdattn.classes<strided 0 to 16 stride 2 stride 2>

// -----

// expected-error@+1 {{the order of classes names its grid: 'hilbert<rows x cols>'}}
#a = #rdattn.classes<gathered 0 to 16 order hilbert>

// -----

// expected-error@+1 {{'times' must be at least 1, or '?'}}
#a = #rdattn.classes<contiguous 0 to 16 times -1 every 16>

// -----

// expected-error@+1 {{expected 'every'}}
#a = #rdattn.classes<contiguous 0 to 16 times 3>

// -----

// expected-error@+1 {{expected 'by'}}
#a = #rdattn.classes<gathered 0 to 16 stride 2 order hilbert<4x4> runs 2>

// -----

// expected-error@+1 {{first token must be at least 0, but is -16}}
#a = #rdattn.classes<contiguous -16 to 16>

// -----

// expected-error@+1 {{segment length must be at least 1, but is 0}}
#a = #rdattn.classes<contiguous 16 to 16>

// -----

// expected-error@+1 {{stride must be at least 1, but is 0}}
#a = #rdattn.classes<strided 0 to 16 stride 0>

// -----

// expected-error@+1 {{window must be at least 1, but is 0}}
#a = #rdattn.classes<contiguous 0 to 16 window 0>

// -----

// expected-error@+1 {{a group of one segment has no period, but the period is 16}}
#a = #rdattn.classes<contiguous 0 to 16 times 1 every 16>

// -----

// expected-error@+1 {{period 8 is shorter than the segment's 16 tokens}}
#a = #rdattn.classes<contiguous 0 to 16 times ? every 8>

// -----

// S2
// expected-error@+1 {{the group at token 0 ends beyond token 2^63 - 1}}
#a = #rdattn.classes<contiguous 0 to 16 times 4 every 9223372036854775807>

// -----

// expected-error@+1 {{contiguous rows have stride 1, but the stride is 2}}
#a = #rdattn.classes<contiguous 0 to 16 stride 2>

// -----

// expected-error@+1 {{gathered classes need the grid whose curve orders them}}
#a = #rdattn.classes<gathered 0 to 16 stride 2>

// -----

// expected-error@+1 {{only gathered classes follow a grid; drop grid 4x4 or gather}}
#a = #rdattn.classes<strided 0 to 16 stride 2 order hilbert<4x4>>

// -----

// expected-error@+1 {{grid 2x2 has 4 cells, fewer than the segment's 16 tokens}}
#a = #rdattn.classes<gathered 0 to 16 order hilbert<2x2>>

// -----

// E4
// expected-error@+1 {{only gathered classes have runs; drop them}}
#a = #rdattn.classes<strided 0 to 16 stride 2 runs 2 by 2>

// -----

// expected-error@+1 {{rows of a run must be at least 1, but is 0}}
#a = #rdattn.classes<gathered 0 to 16 order hilbert<4x4> runs 0 by 2>

// -----

// expected-error@+1 {{stride of a run must be at least 1, but is 0}}
#a = #rdattn.classes<gathered 0 to 16 order hilbert<4x4> runs 2 by 0>

// -----

// E2
// expected-error@+1 {{classes with a window are kept in curve order and have no runs}}
#a = #rdattn.classes<gathered 0 to 16 order hilbert<4x4> runs 2 by 2 window 2>

// -----

// expected-error@+1 {{the groups at tokens 0 and 8 share a token}}
#a = #rdattn.branch_classes<[contiguous 0 to 16, contiguous 8 to 32]>

// -----

// expected-error@+1 {{unknown 'repeat': expected 'per_head'}}
#a = #rdattn.branch_classes<[contiguous 0 to 16] repeat>

// -----

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

// expected-error@+1 {{queries = 0 must be at least 1}}
#a = #rdattn.cpu<queries = 0, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>

// -----

// expected-error@+1 {{keys = -96 must be at least 1}}
#a = #rdattn.cpu<queries = 64, keys = -96, lanes = 16, vectors = 4, rows = 6, order = plain>

// -----

// expected-error@+1 {{rows = 0 must be at least 1}}
#a = #rdattn.cpu<queries = 64, keys = 96, lanes = 16, vectors = 4, rows = 0, order = plain>

// -----

// expected-error@+1 {{queries = 100 must be a multiple of lanes * vectors = 64}}
#a = #rdattn.cpu<queries = 100, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>

// -----

// expected-error@+1 {{keys = 100 must be a multiple of rows = 6}}
#a = #rdattn.cpu<queries = 128, keys = 100, lanes = 16, vectors = 4, rows = 6, order = plain>

// -----

// expected-error@+1 {{lanes = 12 must be a power of two up to 64}}
#a = #rdattn.cpu<queries = 96, keys = 96, lanes = 12, vectors = 4, rows = 6, order = plain>

// -----

// expected-error@+1 {{lanes = 128 must be a power of two up to 64}}
#a = #rdattn.cpu<queries = 128, keys = 96, lanes = 128, vectors = 1, rows = 6, order = plain>

// -----

// expected-error@+1 {{a register block of 12 rows x 4 vectors needs more than 32 registers}}
#a = #rdattn.cpu<queries = 64, keys = 96, lanes = 16, vectors = 4, rows = 12, order = plain>

// -----

// expected-error@+2 {{expected one of [plain, longest_first] for the order of the work table, got: fast}}
// expected-error@+1 {{failed to parse RDAttn_CPUScheduleAttr parameter 'order'}}
#a = #rdattn.cpu<queries = 64, keys = 96, lanes = 16, vectors = 4, rows = 6, order = fast>

// -----

// expected-error@+1 {{consumers = 0 must be 1 to 3 warpgroups}}
#a = #rdattn.sm90<queries = 0, keys = 128, stages = 2, consumers = 0, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{consumers = 4 must be 1 to 3 warpgroups}}
#a = #rdattn.sm90<queries = 256, keys = 128, stages = 2, consumers = 4, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{queries = 192 must be 64 * consumers = 128}}
#a = #rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 0 must be a multiple of 16 from 16 to 256}}
#a = #rdattn.sm90<queries = 128, keys = 0, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 100 must be a multiple of 16 from 16 to 256}}
#a = #rdattn.sm90<queries = 128, keys = 100, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 272 must be a multiple of 16 from 16 to 256}}
#a = #rdattn.sm90<queries = 128, keys = 272, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{stages = 0 must be 1 to 8}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 0, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{stages = 9 must be 1 to 8}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 9, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{lanes = -8 must be 1, 2, 4 or 8}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = -8, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{lanes = 3 must be 1, 2, 4 or 8}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 3, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{lanes = 16 must be 1, 2, 4 or 8}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 16, pingpong = false, order = plain, group = 0>

// -----

// expected-error@+1 {{pingpong = true needs 2 or 3 consumers to take turns, got 1}}
#a = #rdattn.sm90<queries = 64, keys = 128, stages = 2, consumers = 1, lanes = 8, pingpong = true, order = plain, group = 0>

// -----

// expected-error@+1 {{group = -1 must be at least 0, which sorts a whole branch}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = longest_first, group = -1>

// -----

// expected-error@+1 {{group = 16 needs order = longest_first: a plain table is not sorted}}
#a = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 16>

// -----

// expected-error@+1 {{warpgroups = 0 must be 1 to 4}}
#a = #rdattn.sm80<queries = 0, keys = 64, stages = 2, warpgroups = 0, order = plain, group = 0>

// -----

// expected-error@+1 {{warpgroups = 5 must be 1 to 4}}
#a = #rdattn.sm80<queries = 320, keys = 80, stages = 2, warpgroups = 5, order = plain, group = 0>

// -----

// expected-error@+1 {{queries = 192 must be 64 or 128 * warpgroups: 128 or 256}}
#a = #rdattn.sm80<queries = 192, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 0 must be a multiple of 32, 16 * warpgroups, up to 256}}
#a = #rdattn.sm80<queries = 128, keys = 0, stages = 2, warpgroups = 2, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 48 must be a multiple of 32, 16 * warpgroups, up to 256}}
#a = #rdattn.sm80<queries = 128, keys = 48, stages = 2, warpgroups = 2, order = plain, group = 0>

// -----

// expected-error@+1 {{keys = 272 must be a multiple of 16, 16 * warpgroups, up to 256}}
#a = #rdattn.sm80<queries = 64, keys = 272, stages = 2, warpgroups = 1, order = plain, group = 0>

// -----

// expected-error@+1 {{stages = 0 must be 1 to 8}}
#a = #rdattn.sm80<queries = 128, keys = 64, stages = 0, warpgroups = 2, order = plain, group = 0>

// -----

// expected-error@+1 {{stages = 9 must be 1 to 8}}
#a = #rdattn.sm80<queries = 128, keys = 64, stages = 9, warpgroups = 2, order = plain, group = 0>

// -----

// expected-error@+1 {{group = -1 must be at least 0, which sorts a whole branch}}
#a = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = longest_first, group = -1>

// -----

// expected-error@+1 {{group = 16 needs order = longest_first: a plain table is not sorted}}
#a = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 16>
