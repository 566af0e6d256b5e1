//===- rdattn-run.cpp - Runs a compiled attention on .npy files -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Compiled.h"
#include "tools/rdattn-run/Cost.h"
#include "tools/rdattn-run/ExplainDevice.h"
#include "tools/rdattn-run/ExplainRing.h"
#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-run/Interrupt.h"
#include "tools/rdattn-run/Options.h"
#include "tools/rdattn-run/OutputFile.h"
#include "tools/rdattn-run/Time.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace rdattn::run;

static constexpr int kFailed = 1, kInterrupted = 130;

static Sizes sizesOf(const Call &call) {
  return {call.signature.dtype, call.batch(),   call.tokens(),  call.heads(),
          call.kvHeads(),       call.headDim(), call.valueDim()};
}

/// The outputs that were asked for, opened before any work is done.
struct Results {
  std::optional<OutputFile> o, lse;
};

static Error open(const std::string &path, std::optional<OutputFile> &file) {
  if (path.empty())
    return Error::success();
  Expected<OutputFile> opened = OutputFile::create(path);
  if (!opened)
    return opened.takeError();
  file.emplace(std::move(*opened));
  return Error::success();
}

static Error openResults(const Options &options, const Call &call,
                         Results &results) {
  if (!options.lse.empty() && !call.lse)
    return failure(Twine("the function '") + call.signature.name +
                   "' returns no lse: leave --lse out");
  if (Error error = open(options.o, results.o))
    return error;
  return open(options.lse, results.lse);
}

static Error write(std::optional<OutputFile> &file, const std::string &path,
                   const Array &array) {
  if (!file)
    return Error::success();
  if (Error error = file->write(array))
    return error;
  outs() << "wrote       " << path << "  " << nameOf(array.type) << " "
         << formatShape(array.shape) << "\n";
  return Error::success();
}

/// True where the rows agree.
static Expected<bool> checkRows(const Call &call, int rows) {
  Expected<Attention> attention = parseAttention(call.signature.definition);
  if (!attention)
    return failure("the function's definition cannot be read: " +
                   toString(attention.takeError()));
  Definition definition(std::move(attention->pattern), attention->causal,
                        call.tokens(), call.heads());
  if (auto violation = definition.check())
    return failure(*violation);
  Report report = compare(definition, call.inputs(attention->scale),
                          call.outputs(), call.batch(), rows, stopRequested);
  if (!report.interrupted)
    print(outs(), report);
  return report.ok();
}

static Error explainDevice(const Call &call, const Cost &cost,
                           const std::optional<Timing> &timing) {
  rdattn_cuda_report report = {};
  if (Error error = toError(call.run(&report)))
    return error;
  Expected<Attention> attention = parseAttention(call.signature.definition);
  if (!attention)
    return attention.takeError();
  if (report.blocks == 0) { // nothing to run
    printCost(outs(), sizesOf(call), cost);
    return Error::success();
  }
  Tiling tiling{report.queries, report.keys, report.blocks};
  Expected<Balance> balance = balanceOf(*attention, sizesOf(call), tiling);
  if (!balance)
    return balance.takeError();
  printDeviceExplanation(outs(), sizesOf(call), cost, report, *balance, timing);
  return Error::success();
}

/// Times and explains what was asked for.
static Error measure(const Options &options, const Call &call) {
  std::optional<Timing> timing;
  std::optional<Cost> cost;
  if (options.time) {
    Expected<Timing> measured = timeCall(call, *options.time);
    if (!measured)
      return measured.takeError();
    timing = *measured;
  }
  if (call.signature.definition && (options.time || options.explain)) {
    Expected<Cost> found = costOf(call.signature.definition, sizesOf(call),
                                  call.isOnDevice() ? "cuda" : "cpu");
    if (!found)
      return found.takeError();
    cost = *found;
  }
  if (timing)
    printTiming(outs(), *timing, cost);
  if (options.explain && call.isOnDevice())
    return explainDevice(call, *cost, timing);
  if (options.explain)
    printExplanation(outs(), sizesOf(call), *cost,
                     measurePeak(options.call.threads), timing);
  return Error::success();
}

static Error checkRequests(const Options &options, const Call &call) {
  if (options.check)
    if (Error error = needDefinition(call.signature, "--check"))
      return error;
  return options.explain ? needDefinition(call.signature, "--explain")
                         : Error::success();
}

/// 0, or 1 where a check failed.
static Expected<int> runHere(const Options &options,
                             const rdattn_function *function) {
  Expected<Call> call = Call::create(function, options.call);
  if (!call)
    return call.takeError();
  Results results;
  if (Error error = checkRequests(options, *call))
    return std::move(error);
  if (Error error = openResults(options, *call, results))
    return std::move(error);
  if (Error error = toError(call->run()))
    return std::move(error);
  if (Error error = measure(options, *call))
    return std::move(error);
  if (Error error = call->fetch())
    return std::move(error);
  bool agrees = true;
  if (options.check) {
    Expected<bool> checked = checkRows(*call, *options.check);
    if (!checked)
      return checked.takeError();
    agrees = *checked;
  }
  if (stopRequested)
    return kInterrupted;
  if (Error error = write(results.o, options.o, call->o))
    return std::move(error);
  if (call->lse)
    if (Error error = write(results.lse, options.lse, *call->lse))
      return std::move(error);
  return agrees ? 0 : kFailed;
}

static Expected<int> runAll(const Options &options) {
  Expected<ModulePtr> module =
      loadModule(options.module, options.target, options.call.device);
  if (!module)
    return module.takeError();
  Expected<const rdattn_function *> function =
      findFunction(*module, options.function);
  if (!function)
    return function.takeError();
  rdattn_signature signature;
  rdattn_function_signature(*function, &signature);
  if (signature.has_ring && options.explainsOnly()) {
    if (Error error =
            explainRing(outs(), signature, options.call, options.ring))
      return std::move(error);
    return 0;
  }
  if (!signature.has_ring && options.ring.areGiven())
    return failure(Twine("the function '") + signature.name +
                   "' runs on one device: --ranks, --tokens, --rate and --link "
                   "are of rings");
  return runHere(options, *function);
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  setBugReportMsg("rdattn-run crashed. Please report it with the module, the "
                  "command line and these lines:\n");
  Options options = parseOptions(argc, argv);
  catchInterrupts();
  Expected<int> code = runAll(options);
  std::string message = code ? "" : toString(code.takeError());
  if (stopRequested) {
    errs() << "rdattn-run: interrupted; nothing was written\n";
    return kInterrupted;
  }
  if (message.empty())
    return *code;
  WithColor::error(errs(), "rdattn-run") << message << "\n";
  return kFailed;
}
