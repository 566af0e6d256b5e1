//===- RingAgreement.cpp - What all ranks must have in common -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingAgreement.h"
#include "lib/Planner/Census.h"

namespace rdattn::planner {
namespace {

/// FNV-1a, byte by byte so that the machine's byte order does not matter.
class Hash {
public:
  void add(const std::string &text) {
    for (unsigned char byte : text)
      addByte(byte);
    addByte(0);
  }
  void add(int64_t word) {
    for (int shift = 0; shift < 64; shift += 8)
      addByte(static_cast<unsigned char>(static_cast<uint64_t>(word) >> shift));
  }
  uint64_t value() const { return state; }

private:
  void addByte(unsigned char byte) { state = (state ^ byte) * 0x100000001b3u; }

  uint64_t state = 0xcbf29ce484222325u;
};

/// Runs only say how a list is written down.
void add(Hash &hash, const ClassGroup &group) {
  Grid grid = group.grid.value_or(Grid());
  for (int64_t word : {static_cast<int64_t>(group.access), group.first,
                       group.length, group.times, group.period, group.stride,
                       grid.rows, grid.cols, group.window.value_or(0)})
    hash.add(word);
}

std::string show(const BranchClasses &branch) {
  Hash hash;
  hash.add(branch.perHead);
  for (const ClassGroup &group : branch.groups)
    add(hash, group);
  static const char digits[] = "0123456789abcdef";
  std::string text = std::to_string(branch.groups.size()) +
                     (branch.groups.size() == 1 ? " group" : " groups") +
                     " with hash ";
  for (int shift = 60; shift >= 0; shift -= 4)
    text += digits[hash.value() >> shift & 15];
  return text;
}

constexpr std::string_view kTokens = "S", kBranch = "branch ";

const AgreementField *find(const RingAgreement &agreement,
                           std::string_view name) {
  for (const AgreementField &field : agreement.fields)
    if (field.name == name)
      return &field;
  return nullptr;
}

} // namespace

uint64_t RingAgreement::hash() const {
  Hash hash;
  for (const AgreementField &field : fields) {
    hash.add(field.name);
    hash.add(field.text);
  }
  return hash.value();
}

RingAgreement agreementOf(const std::vector<BranchClasses> &branches,
                          const Sizes &sizes, bool causal, const Ring &ring,
                          const std::vector<AgreementField> &more) {
  RingAgreement agreement;
  auto add = [&](std::string name, std::string text) {
    agreement.fields.push_back({std::move(name), std::move(text)});
  };
  add("the ring's size", std::to_string(ring.size));
  add("the layout", nameOf(ring.layout));
  add("B", std::to_string(sizes.batch));
  add(std::string(kTokens), std::to_string(sizes.tokens));
  add("H", std::to_string(sizes.heads));
  add("G", std::to_string(sizes.kvHeads));
  add("causal", causal ? "true" : "false");
  add("the number of branches", std::to_string(branches.size()));
  size_t index = 0;
  for (const BranchClasses &branch :
       simplifyFor(branches, sizes.tokens, PlanOptions()))
    add(std::string(kBranch) + std::to_string(index++), show(branch));
  agreement.fields.insert(agreement.fields.end(), more.begin(), more.end());
  return agreement;
}

Violation differences(const RingAgreement &mine, const RingAgreement &theirs) {
  std::string sentence;
  const AgreementField *tokens = find(mine, kTokens);
  const AgreementField *others = find(theirs, kTokens);
  const bool isAsLong = tokens && others && tokens->text == others->text;
  auto compare = [&](const std::string &name, const AgreementField *here,
                     const AgreementField *there) {
    if (here && there && here->text == there->text)
      return;
    // Branches are those of S tokens.
    if (!isAsLong && here && there &&
        name.compare(0, kBranch.size(), kBranch) == 0)
      return;
    sentence += (sentence.empty() ? "" : ", and ") + name + " is " +
                (here ? here->text : "absent") + " on this rank but " +
                (there ? there->text : "absent") + " on the other";
  };
  for (const AgreementField &field : mine.fields)
    compare(field.name, &field, find(theirs, field.name));
  for (const AgreementField &field : theirs.fields)
    if (!find(mine, field.name))
      compare(field.name, nullptr, &field);
  if (sentence.empty())
    return std::nullopt;
  return sentence;
}

std::string print(const RingAgreement &agreement) {
  std::string text;
  for (const AgreementField &field : agreement.fields)
    text += field.name + "=" + field.text + "\n";
  return text;
}

Violation parse(const std::string &text, RingAgreement &agreement) {
  RingAgreement read;
  for (size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = text.find('\n', begin);
    size_t equals = text.find('=', begin);
    if (end == std::string::npos || equals >= end)
      return "a ring agreement is lines of `name=text`, but byte " +
             std::to_string(begin) + " begins another one";
    read.fields.push_back({text.substr(begin, equals - begin),
                           text.substr(equals + 1, end - equals - 1)});
  }
  agreement = std::move(read);
  return std::nullopt;
}

} // namespace rdattn::planner
