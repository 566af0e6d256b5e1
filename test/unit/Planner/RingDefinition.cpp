//===- RingDefinition.cpp - A ring of shards by brute force ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RingDefinition.h"

#include <algorithm>

namespace rdattn::test {

using namespace planner;

Shards shardsOf(const Ring &ring, int64_t tokens) {
  Shards shards(ring.size);
  if (ring.layout == Layout::Striped) {
    for (int64_t token = 0; token < tokens; ++token)
      shards[token % ring.size].push_back(token);
    return shards;
  }
  int64_t n = ring.layout == Layout::ZigZag ? 2 * ring.size : ring.size;
  Shards parts(n);
  int64_t token = 0;
  for (int64_t part = 0; part < n; ++part)
    for (int64_t rows = tokens / n + (part < tokens % n); rows > 0; --rows)
      parts[part].push_back(token++);
  for (int64_t rank = 0; rank < ring.size; ++rank) {
    shards[rank] = parts[rank];
    if (ring.layout == Layout::ZigZag)
      for (int64_t t : parts[2 * ring.size - 1 - rank])
        shards[rank].push_back(t);
  }
  return shards;
}

std::ostream &operator<<(std::ostream &out, const RingCase &c) {
  out << "R = " << c.ring.size << " " << nameOf(c.ring.layout)
      << (c.causal ? " causal" : "") << ", B = " << c.sizes.batch
      << ", S = " << c.sizes.tokens << ", H = " << c.sizes.heads
      << ", G = " << c.sizes.kvHeads;
  for (const BranchClasses &branch : c.branches) {
    out << "\n  branch" << (branch.perHead ? " per head" : "");
    for (const ClassGroup &g : branch.groups) {
      out << "\n    first " << g.first << " length " << g.length << " times "
          << g.times << " period " << g.period << " stride " << g.stride;
      if (g.grid)
        out << " grid " << g.grid->rows << "x" << g.grid->cols;
      if (g.window)
        out << " window " << *g.window;
    }
  }
  return out;
}

RingCase randomRingCase(Random &random) {
  RingCase c;
  int64_t tokens = pick(random, 0, 90);
  for (int64_t n = std::max<int64_t>(1, pick(random, -1, 3)); n > 0; --n) {
    if (pick(random, 0, 3) == 0) {
      c.branches.push_back(randomGroups(random));
      tokens = std::min(tokens, *coveredTokens(c.branches.back()));
      continue;
    }
    Branch branch = randomBranch(random);
    c.branches.push_back(expandBranch(branch));
    tokens = std::min(tokens, randomTokens(random, branch));
  }
  int64_t kvHeads = pick(random, 1, 3);
  c.sizes = {pick(random, 1, 2), tokens, kvHeads * pick(random, 1, 3), kvHeads};
  c.causal = pick(random, 0, 1) == 0;
  c.ring = {pick(random, 1, 8), kLayouts[pick(random, 0, 2)]};
  return c;
}

RingTruth::RingTruth(const RingCase &c)
    : shards(shardsOf(c.ring, c.sizes.tokens)), c(c) {
  for (const BranchClasses &branch : c.branches)
    relations.push_back(relation(placesOf(branch, c.sizes.tokens),
                                 branch.perHead, c.sizes.heads, c.causal));
}

bool RingTruth::allows(size_t branch, int64_t head, int64_t i,
                       int64_t j) const {
  return relations[branch][(head * c.sizes.tokens + i) * c.sizes.tokens + j];
}

std::set<int64_t> RingTruth::needed(int64_t receiver, int64_t owner,
                                    int64_t kvHead) const {
  std::set<int64_t> tokens;
  int64_t share = c.sizes.heads / c.sizes.kvHeads;
  for (size_t b = 0; b < relations.size(); ++b)
    for (int64_t head = kvHead * share; head < (kvHead + 1) * share; ++head)
      for (int64_t i : shards[receiver])
        for (int64_t j : shards[owner])
          if (allows(b, head, i, j))
            tokens.insert(j);
  return tokens;
}

int64_t RingTruth::pairs(int64_t receiver, int64_t owner) const {
  int64_t pairs = 0;
  for (size_t b = 0; b < relations.size(); ++b)
    for (int64_t head = 0; head < c.sizes.heads; ++head)
      for (int64_t i : shards[receiver])
        for (int64_t j : shards[owner])
          pairs += allows(b, head, i, j);
  return pairs * c.sizes.batch;
}

} // namespace rdattn::test
