//===- Options.cpp - The command line -------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Options.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"

#include <cmath>

using namespace llvm;

namespace rdattn::run {

static cl::OptionCategory category("Options");
static cl::opt<std::string> module(cl::Positional, cl::value_desc("module"),
                                   cl::cat(category),
                                   cl::desc("<module.mlir | module.so | ->"),
                                   cl::Required);
static cl::opt<std::string> q("q", cl::value_desc("file"), cl::cat(category),
                              cl::desc("queries, [batch, tokens, heads, dim]"));
static cl::opt<std::string> k("k", cl::value_desc("file"), cl::cat(category),
                              cl::desc("keys, [batch, tokens, kv heads, dim]"));
static cl::opt<std::string>
    v("v", cl::value_desc("file"), cl::cat(category),
      cl::desc("values, [batch, tokens, kv heads, value dim]"));
static cl::opt<std::string>
    o("o", cl::value_desc("file"), cl::cat(category),
      cl::desc("where to write the result, [batch, tokens, heads, value dim]"));
static cl::opt<std::string>
    lse("lse", cl::value_desc("file"), cl::cat(category),
        cl::desc("where to write the logarithms of the softmax denominators, "
                 "[batch, heads, tokens]"));
static cl::opt<float> scale("scale", cl::value_desc("x"), cl::cat(category),
                            cl::desc("factor of the scores, where the function "
                                     "takes one (default 1/sqrt(dim))"));
static cl::opt<std::string>
    function("function", cl::value_desc("name"), cl::cat(category),
             cl::desc("which of the module's functions to run"));
static cl::opt<std::string>
    target("target", cl::value_desc("cpu|cuda|cuda-sm90a|cuda-sm80"),
           cl::cat(category),
           cl::desc("what attentions of MLIR text are compiled for (default: "
                    "cpu); cuda is what suits the device; a launch with a "
                    "schedule keeps it"),
           cl::init("cpu"));
static cl::opt<int> device("device", cl::value_desc("n"), cl::cat(category),
                           cl::desc("CUDA device to run on (default: 0)"),
                           cl::init(0));
static cl::opt<int> threads("threads", cl::value_desc("n"), cl::cat(category),
                            cl::desc("threads to use (default: all)"),
                            cl::init(0));
static cl::opt<std::string>
    check("check", cl::ValueOptional, cl::value_desc("rows"), cl::cat(category),
          cl::desc("compare that many rows of each batch and head (default 64) "
                   "with the definition in fp64; exit 1 where they differ"));
static cl::opt<int>
    timeRuns("time", cl::value_desc("n"), cl::cat(category),
             cl::desc("time n runs after a first one; on a GPU each is "
                      "a batch of launches"));
static cl::opt<bool>
    explain("explain", cl::cat(category),
            cl::desc("print work, memory traffic and the least time that they "
                     "take on this machine; on a ring its steps"));

static cl::OptionCategory ringCategory("Rings, with --explain");
static cl::opt<long>
    ranks("ranks", cl::value_desc("n"), cl::cat(ringCategory),
          cl::desc("ranks, where the function does not say how many"));
static cl::opt<long>
    tokens("tokens", cl::value_desc("n"), cl::cat(ringCategory),
           cl::desc("tokens of the whole sequence, where the function does not "
                    "say how many"));
static cl::opt<double>
    rate("rate", cl::value_desc("TFLOP/s"), cl::cat(ringCategory),
         cl::desc("what a rank's kernels compute, counting allowed pairs alone "
                  "(default: 590 up to a head dim of 64, 750 above it, in 16 "
                  "bits)"));
static cl::opt<double>
    link("link", cl::value_desc("GB/s"), cl::cat(ringCategory),
         cl::desc("what a rank sends, and receives (default: 450)"));

static const char overview[] =
    "Runs a compiled attention on NumPy arrays.\n\n"
    "The module is MLIR text at any level of rdattn, compiled on the spot, or "
    "a shared\nobject written by rdattn-translate.\n";

static cl::extrahelp example(R"(
Example: attention over two segments, checked and timed

  $ cat attention.mlir
  func.func @attention(%q: tensor<1x3072x4x64xf32>, %k: tensor<1x3072x4x64xf32>,
                       %v: tensor<1x3072x4x64xf32>)
      -> (tensor<1x3072x4x64xf32>, tensor<1x4x3072xf32>) {
    %o, %lse = rdattn.attention %q, %k, %v causal pattern [1024, 2048 dilation 2]
        : tensor<1x3072x4x64xf32>
    return %o, %lse : tensor<1x3072x4x64xf32>, tensor<1x4x3072xf32>
  }
  $ python3 -c 'import numpy as np
  for name in "qkv":
      np.save(name, np.random.randn(1, 3072, 4, 64).astype(np.float32))'
  $ rdattn-run attention.mlir --q q.npy --k k.npy --v v.npy --o o.npy --check --time 5

Arrays are float32, float16, or bfloat16 as ml_dtypes saves it. An output file
appears whole or not at all. The exit code is 1 after an error or a failed
check, 130 after Ctrl-C.
)");

[[noreturn]] static void usageError(const Twine &sentence) {
  WithColor::error(errs(), "rdattn-run") << sentence << "\n";
  errs() << "rdattn-run --help says more\n";
  exit(1);
}

static std::optional<int> parseCheck() {
  if (check.getNumOccurrences() == 0)
    return std::nullopt;
  int rows = 64;
  if (!check.empty() && (StringRef(check).getAsInteger(10, rows) || rows < 1))
    usageError("--check takes a number of rows, at least 1, and not '" + check +
               "'");
  return rows;
}

static std::optional<int> parseTime() {
  if (timeRuns.getNumOccurrences() == 0)
    return std::nullopt;
  if (timeRuns < 1)
    usageError("--time takes a number of runs, at least 1");
  return timeRuns;
}

static std::optional<int64_t> parseCount(const cl::opt<long> &option) {
  if (option.getNumOccurrences() == 0)
    return std::nullopt;
  if (option < 1)
    usageError("--" + option.ArgStr +
               " takes a number of at least 1, and not " + Twine(option));
  return option.getValue();
}

/// The negation refuses NaN.
static std::optional<double> parseRate(const cl::opt<double> &option) {
  if (option.getNumOccurrences() == 0)
    return std::nullopt;
  if (!(option > 0) || std::isinf(option))
    usageError("--" + option.ArgStr + " takes a finite number above 0");
  return option.getValue();
}

bool Options::explainsOnly() const {
  return explain && o.empty() && lse.empty() && !check && !time;
}

static void validate(const Options &options) {
  // Of a ring nothing is run.
  if (!options.explainsOnly() &&
      (options.call.q.empty() || options.call.k.empty() ||
       options.call.v.empty()))
    usageError("--q, --k and --v are needed");
  if (options.o.empty() && options.lse.empty() && !options.check &&
      !options.time && !options.explain)
    usageError("there is nothing to do: name an output with --o, or ask for "
               "--check, --time or --explain");
  if (!options.o.empty() && options.o == options.lse)
    usageError("--o and --lse name the same file");
  if (options.call.threads < 0)
    usageError("--threads takes a number of threads, and 0 for all");
  if (options.call.scale && !std::isfinite(*options.call.scale))
    usageError("--scale takes a finite number");
}

Options parseOptions(int argc, char **argv) {
  cl::HideUnrelatedOptions({&category, &ringCategory});
  cl::SetVersionPrinter(
      [](raw_ostream &stream) { stream << "rdattn-run " RDATTN_VERSION "\n"; });
  cl::ParseCommandLineOptions(argc, argv, overview);
  Options options;
  options.module = module;
  options.function = function;
  options.target = target;
  options.call = {q, k, v, std::nullopt, threads, device};
  if (scale.getNumOccurrences())
    options.call.scale = scale;
  options.o = o;
  options.lse = lse;
  options.check = parseCheck();
  options.time = parseTime();
  options.explain = explain;
  options.ring = {parseCount(ranks), parseCount(tokens), parseRate(rate),
                  parseRate(link)};
  validate(options);
  return options;
}

} // namespace rdattn::run
