//===- PatternFile.cpp - Reads the pattern to simulate --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/PatternFile.h"

#include "lib/Target/PatternJSON/PatternJSON.h"
#include "tools/rdattn-run/Compiled.h"
#include "tools/rdattn-run/Failure.h"

#include "rdattn/compiler.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace rdattn::sim {

using run::failure;

static Expected<run::Attention> readJSON(StringRef text, StringRef name) {
  Expected<planner::Pattern> pattern = parsePatternJSON(text);
  if (!pattern)
    return failure(name + ": " + toString(pattern.takeError()));
  run::Attention attention;
  attention.pattern = std::move(*pattern);
  return attention;
}

static Expected<run::Attention> readModule(StringRef text,
                                           const std::string &name,
                                           const std::string &function) {
  rdattn_module *opened = nullptr;
  if (Error error = run::toError(rdattn_compile_text(
          text.data(), text.size(), name.c_str(), "cpu", &opened)))
    return std::move(error);
  run::ModulePtr module(opened);
  Expected<const rdattn_function *> found = run::findFunction(module, function);
  if (!found)
    return found.takeError();
  rdattn_signature signature;
  rdattn_function_signature(*found, &signature);
  if (!signature.definition)
    return failure(name + " does not say its pattern: it was lowered from "
                          "rdattn.attention, which does");
  return run::parseAttention(signature.definition);
}

Expected<run::Attention> readPattern(StringRef path,
                                     const std::string &function) {
  if (path != "-" && sys::fs::is_directory(path))
    return failure("cannot read '" + path + "': it is a directory");
  auto file = MemoryBuffer::getFileOrSTDIN(path);
  if (!file)
    return failure("cannot read '" + path + "': " + file.getError().message());
  StringRef text = (*file)->getBuffer();
  std::string name = path == "-" ? "<stdin>" : path.str();
  if (path.ends_with(".json") || text.ltrim().starts_with("{"))
    return readJSON(text, name);
  return readModule(text, name, function);
}

} // namespace rdattn::sim
