//===- PatternFile.cpp - Reads the pattern to simulate --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/PatternFile.h"

#include "dialect/RDAttn.h"
#include "lib/Pipelines/Register.h"
#include "lib/Target/PatternJSON/PatternJSON.h"
#include "tools/rdattn-run/Failure.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;

namespace rdattn::sim {

using run::failure;

static Expected<Attention> readJSON(StringRef text, StringRef name) {
  Expected<planner::Pattern> pattern = parsePatternJSON(text);
  if (!pattern)
    return failure(name + ": " + toString(pattern.takeError()));
  return Attention{std::move(*pattern), false};
}

static bool isIn(mlir::Operation *op, StringRef function) {
  auto parent = op->getParentOfType<mlir::SymbolOpInterface>();
  return parent && parent.getName() == function;
}

static Expected<Attention> readModule(std::unique_ptr<MemoryBuffer> text,
                                      StringRef name, StringRef function) {
  mlir::DialectRegistry registry;
  registerRdattn(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  std::string diagnostics;
  raw_string_ostream stream(diagnostics);
  SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(text), {});
  mlir::SourceMgrDiagnosticHandler handler(sources, &context, stream);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  if (!module)
    return failure(StringRef(diagnostics).rtrim());
  SmallVector<AttentionOp> attentions;
  module->walk([&](AttentionOp op) {
    if (function.empty() || isIn(op, function))
      attentions.push_back(op);
  });
  if (attentions.size() == 1)
    return Attention{attentions.front().getPattern().getPattern(),
                     attentions.front().getCausal()};
  std::string place = name.str();
  if (!function.empty())
    place += ": '" + function.str() + "'";
  if (attentions.empty())
    return failure(place + " has no rdattn.attention, which says the pattern");
  return failure(place + " has " + Twine(attentions.size()) +
                 " rdattn.attention, and one can be simulated: choose a "
                 "function that has one with --function");
}

Expected<Attention> readAttention(StringRef path, StringRef function) {
  if (path != "-" && sys::fs::is_directory(path))
    return failure("cannot read '" + path + "': it is a directory");
  auto file = MemoryBuffer::getFileOrSTDIN(path);
  if (!file)
    return failure("cannot read '" + path + "': " + file.getError().message());
  StringRef text = (*file)->getBuffer();
  std::string name = path == "-" ? "<stdin>" : path.str();
  if (path.ends_with(".json") || text.ltrim().starts_with("{"))
    return readJSON(text, name);
  return readModule(std::move(*file), name, function);
}

} // namespace rdattn::sim
