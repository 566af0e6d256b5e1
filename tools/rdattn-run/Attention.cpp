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

static llvm::Expected<Placement>
parsePlacement(const llvm::json::Object &ring) {
  Placement placement;
  placement.size = ring.getInteger("size");
  placement.tokens = ring.getInteger("tokens");
  const std::optional<llvm::StringRef> name = ring.getString("layout");
  for (planner::Layout layout :
       {planner::Layout::Contiguous, planner::Layout::ZigZag,
        planner::Layout::Striped})
    if (name == planner::nameOf(layout)) {
      placement.layout = layout;
      return placement;
    }
  return failure("it names no layout of its ring");
}

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
  if (const llvm::json::Object *ring = object->getObject("ring")) {
    llvm::Expected<Placement> placement = parsePlacement(*ring);
    if (!placement)
      return placement.takeError();
    attention.placement = *placement;
  }
  return attention;
}

llvm::Error needDefinition(const rdattn_signature &signature,
                           llvm::StringRef option) {
  if (signature.definition)
    return llvm::Error::success();
  return failure(option +
                 " needs the attention's definition, and this module was "
                 "compiled from a level that no longer says it: compile it "
                 "from rdattn.attention");
}

} // namespace rdattn::run
