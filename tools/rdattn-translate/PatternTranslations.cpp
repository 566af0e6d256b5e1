//===- PatternTranslations.cpp - Between patterns and JSON ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-translate/Translations.h"

#include "dialect/RDAttn.h"
#include "lib/Pipelines/Register.h"
#include "lib/Target/AttentionFunction/AttentionFunction.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace rdattn;
namespace cl = llvm::cl;

//===----------------------------------------------------------------------===//
// To JSON
//===----------------------------------------------------------------------===//

static LogicalResult toJSON(ModuleOp module, raw_ostream &output) {
  SmallVector<AttentionOp> attentions;
  module.walk([&](AttentionOp op) { attentions.push_back(op); });
  if (attentions.empty())
    return errorIn(module)
           << "there is no rdattn.attention, whose pattern is to be written";
  if (attentions.size() > 1) {
    InFlightDiagnostic error = emitError(attentions[1].getLoc());
    error << "there are " << attentions.size()
          << " rdattn.attention, but one pattern is to be written; keep one";
    error.attachNote(attentions[0].getLoc()) << "the first is here";
    return error;
  }
  planner::Pattern pattern = attentions.front().getPattern().getPattern();
  output << llvm::formatv("{0:2}\n", patternToJSON(pattern));
  return success();
}

//===----------------------------------------------------------------------===//
// From JSON
//===----------------------------------------------------------------------===//

namespace {
enum class Element { F32, F16, BF16 };
} // namespace

static cl::opt<long> headDim("head-dim",
                             cl::desc("D of the function made from JSON (64)"),
                             cl::init(64), cl::cat(rdattn::translateOptions));
static cl::opt<long> valueDim("value-dim", cl::desc("Dv of that function (D)"),
                              cl::cat(rdattn::translateOptions));
static cl::opt<Element>
    element("dtype", cl::desc("element type of that function (f32)"),
            cl::values(clEnumValN(Element::F32, "f32", "32-bit float"),
                       clEnumValN(Element::F16, "f16", "16-bit IEEE float"),
                       clEnumValN(Element::BF16, "bf16", "bfloat16")),
            cl::init(Element::F32), cl::cat(rdattn::translateOptions));
static cl::opt<bool> causal("causal", cl::desc("hide later tokens"),
                            cl::cat(rdattn::translateOptions));
static cl::opt<bool> scale("scale",
                           cl::desc("take the scale as a fourth argument"),
                           cl::cat(rdattn::translateOptions));
static cl::opt<bool> lse("lse", cl::desc("return lse as well as o"),
                         cl::cat(rdattn::translateOptions));

static bool checkAtLeastOne(cl::opt<long> &option) {
  if (!option.getNumOccurrences() || option >= 1)
    return true;
  option.error("must be at least 1, but is " + Twine(option));
  return false;
}

static AttentionOptions optionsOf(MLIRContext *context) {
  Type types[] = {Float32Type::get(context), Float16Type::get(context),
                  BFloat16Type::get(context)};
  AttentionOptions options;
  options.element = types[size_t(element.getValue())];
  options.headDim = headDim;
  options.valueDim = valueDim;
  options.causal = causal;
  options.takesScale = scale;
  options.returnsLse = lse;
  return options;
}

/// Takes the position off a syntax error of JSON: "[line:column, byte=n]: ".
static Location takeLocation(StringRef &message, Location file) {
  StringRef rest = message;
  unsigned line, column;
  if (!rest.consume_front("[") || rest.consumeInteger(10, line) ||
      !rest.consume_front(":") || rest.consumeInteger(10, column))
    return file;
  message = rest.split("]: ").second;
  StringAttr name = cast<FileLineColLoc>(file).getFilename();
  return FileLineColLoc::get(name, line, std::max(column, 1u));
}

static OwningOpRef<Operation *> fromJSON(llvm::SourceMgr &sources,
                                         MLIRContext *context) {
  const llvm::MemoryBuffer *text =
      sources.getMemoryBuffer(sources.getMainFileID());
  if (!checkAtLeastOne(headDim) || !checkAtLeastOne(valueDim))
    return nullptr;
  auto pattern = parsePatternJSON(text->getBuffer());
  if (pattern)
    return OwningOpRef<Operation *>(
        buildAttentionFunction(optionsOf(context), *pattern).release());
  std::string full = llvm::toString(pattern.takeError());
  StringRef message = full;
  Location file =
      FileLineColLoc::get(context, text->getBufferIdentifier(), 1, 1);
  Location location = takeLocation(message, file);
  emitError(location) << message;
  return nullptr;
}

void rdattn::registerPatternTranslations() {
  TranslateFromMLIRRegistration("rdattn-pattern-to-json",
                                "the pattern of the one rdattn.attention as "
                                "JSON",
                                toJSON, registerRdattn);
  TranslateToMLIRRegistration(
      "rdattn-json-to-pattern",
      "JSON to a function that computes attention over the pattern", fromJSON,
      registerRdattn);
}
