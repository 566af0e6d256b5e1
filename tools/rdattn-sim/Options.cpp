//===- Options.cpp - The command line -------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Options.h"

#include "tools/rdattn-sim/MachineOptions.h"
#include "tools/rdattn-sim/Usage.h"

using namespace llvm;

namespace rdattn::sim {

namespace {
enum class Element { BF16, F16, F32 };
enum class Placement { Auto, Contiguous, ZigZag, Striped };
} // namespace

static cl::OptionCategory attention("Attention"), output("Output");

static cl::opt<std::string>
    pattern(cl::Positional, cl::value_desc("pattern"), cl::cat(attention),
            cl::desc("<pattern.json | module.mlir | ->"), cl::Required);
static cl::opt<std::string>
    function("function", cl::value_desc("name"), cl::cat(attention),
             cl::desc("which of the module's functions to simulate"));
static cl::list<long> tokens("tokens", cl::value_desc("n,..."),
                             cl::CommaSeparated, cl::cat(attention),
                             cl::desc("tokens of the whole sequence"));
static cl::list<long>
    ranks("ranks", cl::value_desc("n,..."), cl::CommaSeparated,
          cl::cat(attention),
          cl::desc("sizes of the ring (default: 8,64,512,4096)"));
static cl::opt<long> batch("batch", cl::value_desc("n"), cl::cat(attention),
                           cl::desc("sequences (default: 1)"), cl::init(1));
static cl::opt<long> heads("heads", cl::value_desc("n"), cl::cat(attention),
                           cl::desc("query heads (default: 16)"), cl::init(16));
static cl::opt<long>
    kvHeads("kv-heads", cl::value_desc("n"), cl::cat(attention),
            cl::desc("key/value heads (default: as many as query heads)"));
static cl::opt<long> headDim("head-dim", cl::value_desc("n"),
                             cl::cat(attention),
                             cl::desc("columns of q and k (default: 128)"),
                             cl::init(128));
static cl::opt<long>
    valueDim("value-dim", cl::value_desc("n"), cl::cat(attention),
             cl::desc("columns of v (default: as those of q)"));
static cl::opt<Element>
    element("dtype", cl::cat(attention), cl::desc("element type"),
            cl::values(clEnumValN(Element::BF16, "bf16", "bfloat16 (default)"),
                       clEnumValN(Element::F16, "f16", "16-bit IEEE float"),
                       clEnumValN(Element::F32, "f32", "32-bit float")),
            cl::init(Element::BF16));
static cl::opt<bool> causal("causal", cl::cat(attention),
                            cl::desc("hide later tokens"));
static cl::opt<Placement>
    layout("layout", cl::cat(attention), cl::desc("which tokens a rank holds"),
           cl::values(clEnumValN(Placement::Auto, "auto",
                                 "the layout that suits the pattern (default)"),
                      clEnumValN(Placement::Contiguous, "contiguous",
                                 "one part of the sequence"),
                      clEnumValN(Placement::ZigZag, "zigzag",
                                 "two parts, equally far from its ends"),
                      clEnumValN(Placement::Striped, "striped",
                                 "every n-th token of n ranks")),
           cl::init(Placement::Auto));

static cl::opt<bool> steps("steps", cl::cat(output),
                           cl::desc("print the steps of the rank that is done "
                                    "last"));
static cl::opt<bool> json("json", cl::cat(output), cl::desc("print JSON"));

static const char overview[] =
    "Simulates attention over a ring of many ranks.\n\n"
    "The schedule is the planner's, exact for every rank and step; the machine "
    "is made up\nof the figures below.\n";

static cl::extrahelp example(R"(
Example: causal attention over a million tokens, on one node and on eight

  $ echo '{"branches": [{"segments": [{"length": 1048576}]}]}' > dense.json
  $ rdattn-sim dense.json --tokens=1048576 --causal --ranks=8,64
)");

static void checkCounts() {
  if (tokens.empty())
    usageError("--tokens is needed: how long is the sequence?");
  for (long count : tokens)
    checkCount(tokens, count);
  for (long count : ranks)
    checkCount(ranks, count);
  for (const cl::opt<long> *option :
       {&batch, &heads, &kvHeads, &headDim, &valueDim})
    if (option->getNumOccurrences())
      checkCount(*option, *option);
}

static Case problemOf() {
  Case made;
  made.sizes = {batch, 0, heads, kvHeads.getNumOccurrences() ? kvHeads : heads};
  made.headDim = headDim;
  made.valueDim = valueDim.getNumOccurrences() ? valueDim : headDim;
  made.elementBytes = element == Element::F32 ? 4 : 2;
  made.causal = causal;
  return made;
}

static std::optional<planner::Layout> chosenLayout() {
  switch (layout.getValue()) {
  case Placement::Auto:
    return std::nullopt;
  case Placement::Contiguous:
    return planner::Layout::Contiguous;
  case Placement::ZigZag:
    return planner::Layout::ZigZag;
  case Placement::Striped:
    return planner::Layout::Striped;
  }
  return std::nullopt;
}

Options parseOptions(int argc, char **argv) {
  cl::HideUnrelatedOptions({&attention, &machineCategory, &output});
  cl::SetVersionPrinter(
      [](raw_ostream &stream) { stream << "rdattn-sim " RDATTN_VERSION "\n"; });
  cl::ParseCommandLineOptions(argc, argv, overview);
  checkCounts();
  Options options;
  options.pattern = pattern;
  options.function = function;
  options.tokens.assign(tokens.begin(), tokens.end());
  options.ranks.assign(ranks.begin(), ranks.end());
  if (options.ranks.empty())
    options.ranks = {8, 64, 512, 4096};
  options.problem = problemOf();
  options.layout = chosenLayout();
  options.machine = parseMachine(headDim, options.problem.elementBytes);
  options.steps = steps;
  options.json = json;
  return options;
}

} // namespace rdattn::sim
