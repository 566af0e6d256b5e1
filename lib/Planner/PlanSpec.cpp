//===- PlanSpec.cpp - Class groups as bytes in a module -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/PlanSpec.h"

#include "lib/Planner/Integers.h"

namespace rdattn::planner {
namespace {

/// The second word; a module of another format must not be misread.
constexpr int64_t kFormat = 5;
constexpr size_t kBranchWords = 2;
constexpr size_t kGroupWords = 13;

void write(std::vector<int64_t> &words, const ClassGroup &group) {
  Grid grid = group.grid.value_or(Grid());
  words.insert(words.end(),
               {static_cast<int64_t>(group.access), group.first, group.length,
                group.times, group.period, group.stride, group.grid.has_value(),
                grid.rows, grid.cols, group.window.has_value(),
                group.window.value_or(0), group.runs.rows, group.runs.stride});
}

/// Reads words until one is missing or out of its range; from then on
/// everything reads as the range's least value and `error` says why.
class Reader {
public:
  Reader(const int64_t *words, size_t count) : words(words), count(count) {}

  int64_t next(const char *what, int64_t least, int64_t most);
  int64_t next(const char *what) {
    return next(what, std::numeric_limits<int64_t>::min(), kMaxInt64);
  }
  bool flag(const char *what) { return next(what, 0, 1) != 0; }
  /// A number of things that take at least `size` words each.
  size_t nextCount(const char *what, size_t size) {
    return next(what, 0, static_cast<int64_t>((count - position) / size));
  }
  bool atEnd() const { return position == count; }
  void fail(std::string message) {
    if (!error)
      error = "plan spec: " + std::move(message);
  }

  Violation error;

private:
  const int64_t *words;
  size_t count;
  size_t position = 0;
};

int64_t Reader::next(const char *what, int64_t least, int64_t most) {
  if (position == count)
    fail("the words end before " + std::string(what));
  if (error)
    return least;
  int64_t word = words[position++];
  if (word >= least && word <= most)
    return word;
  fail(std::string(what) + " must be between " + std::to_string(least) +
       " and " + std::to_string(most) + ", but is " + std::to_string(word));
  return least;
}

ClassGroup readGroup(Reader &in) {
  ClassGroup group;
  group.access = static_cast<Access>(in.next("access", 0, 2));
  group.first = in.next("first token");
  group.length = in.next("segment length");
  group.times = in.next("times");
  group.period = in.next("period");
  group.stride = in.next("stride");
  bool hasGrid = in.flag("the grid flag");
  Grid grid;
  grid.rows = in.next("grid rows");
  grid.cols = in.next("grid columns");
  if (hasGrid)
    group.grid = grid;
  bool hasWindow = in.flag("the window flag");
  int64_t window = in.next("window");
  if (hasWindow)
    group.window = window;
  group.runs.rows = in.next("rows of a run");
  group.runs.stride = in.next("stride of a run");
  if (!in.error)
    if (Violation v = checkGroup(group))
      in.fail(*v);
  return group;
}

BranchClasses readBranch(Reader &in) {
  BranchClasses branch;
  branch.perHead = in.flag("the per-head flag");
  size_t groups = in.nextCount("the number of groups", kGroupWords);
  branch.groups.reserve(groups);
  for (size_t i = 0; i < groups && !in.error; ++i)
    branch.groups.push_back(readGroup(in));
  if (!in.error)
    if (Violation v = checkDisjoint(branch))
      in.fail(*v);
  return branch;
}

PlanOptions readOptions(Reader &in) {
  PlanOptions options;
  options.causal = in.flag("the causal flag");
  options.queries = in.next("query rows per item", 1, kMaxInt32);
  options.order = static_cast<TileOrder>(in.next("tile order", 0, 1));
  options.group = in.next("triples per sorted group", 0, kMaxInt64);
  options.runs = in.flag("the runs flag");
  options.isolates = in.flag("the isolation flag");
  return options;
}

std::optional<Layout> readRing(Reader &in) {
  int64_t word = in.next("the ring's layout, or 0,", 0, 3);
  if (word == 0)
    return std::nullopt;
  return static_cast<Layout>(word - 1);
}

} // namespace

std::vector<int64_t> serialize(const PlanSpec &spec) {
  std::vector<int64_t> words{0,
                             kFormat,
                             spec.options.causal,
                             spec.options.queries,
                             static_cast<int64_t>(spec.options.order),
                             spec.options.group,
                             spec.options.runs,
                             spec.options.isolates,
                             static_cast<int64_t>(spec.branches.size())};
  for (const BranchClasses &branch : spec.branches) {
    words.push_back(branch.perHead);
    words.push_back(static_cast<int64_t>(branch.groups.size()));
    for (const ClassGroup &group : branch.groups)
      write(words, group);
  }
  words.push_back(spec.ring ? static_cast<int64_t>(*spec.ring) + 1 : 0);
  words[0] = static_cast<int64_t>(words.size());
  return words;
}

Violation deserialize(const int64_t *words, size_t count, PlanSpec &spec) {
  Reader in(words, count);
  int64_t size = static_cast<int64_t>(count);
  in.next("the number of words", size, size);
  in.next("the format", kFormat, kFormat);
  PlanSpec read;
  read.options = readOptions(in);
  size_t branches = in.nextCount("the number of branches", kBranchWords);
  read.branches.reserve(branches);
  for (size_t i = 0; i < branches && !in.error; ++i)
    read.branches.push_back(readBranch(in));
  read.ring = readRing(in);
  if (!in.error && !in.atEnd())
    in.fail("words are left over after the ring's layout");
  if (in.error)
    return in.error;
  spec = std::move(read);
  return std::nullopt;
}

} // namespace rdattn::planner
