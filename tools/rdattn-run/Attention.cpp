//===- Attention.cpp - Reads what a signature defines ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Check.h"

#include "lib/Target/PatternJSON/PatternJSON.h"
#include "tools/rdattn-run/Failure.h"

namespace rdattn::run {

llvm::Expected<Attention> parseAttention(llvm::StringRef text) {
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    return json.takeError();
  const llvm::json::Object *object = json->getAsObject();
  const llvm::json::Value *written = object ? object->get("pattern") : nullptr;
  if (!written)
    return failure("it names no pattern");
  llvm::Expected<planner::Pattern> pattern = patternFromJSON(*written);
  if (!pattern)
    return pattern.takeError();
  Attention attention;
  attention.pattern = std::move(*pattern);
  attention.causal = object->getBoolean("causal").value_or(false);
  attention.scale = object->getNumber("scale");
  return attention;
}

} // namespace rdattn::run
