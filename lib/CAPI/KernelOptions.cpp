//===- KernelOptions.cpp - What a kernel is asked to be -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/KernelOptions.h"

#include "lib/CAPI/Session.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace rdattn;

/// The first option that no kernel can have, as a sentence.
static Error checkOptions(const rdattn_kernel_options &options) {
  if (!options.pattern)
    return createStringError("pattern is NULL, but must be JSON");
  if (options.dtype < RDATTN_FLOAT32 || options.dtype > RDATTN_BFLOAT16)
    return createStringError("unknown dtype; use float32, float16 or bfloat16");
  if (options.head_dim < 1 || options.value_dim < 0)
    return createStringError("head_dim must be at least 1 and value_dim at "
                             "least 0 (0: head_dim)");
  return Error::success();
}

/// The fields of a schedule, a JSON object, as the compiler's options take
/// them, and in a fixed order.
static Expected<std::string> readSchedule(const char *text) {
  if (!text)
    return "";
  Expected<json::Value> value = json::parse(text);
  const json::Object *object = value ? value->getAsObject() : nullptr;
  if (!value)
    consumeError(value.takeError());
  if (!object)
    return createStringError("schedule must be a JSON object of a schedule's "
                             "fields, such as {\"keys\": 112}");
  std::vector<std::string> fields;
  for (const auto &[name, field] : *object) {
    auto string = field.getAsString();
    fields.push_back(name.str() + " = " +
                     (string ? string->str() : formatv("{0}", field).str()));
  }
  sort(fields);
  return join(fields, ", ");
}

Expected<std::optional<planner::Layout>> capi::readLayout(const char *name) {
  using planner::Layout;
  if (!name)
    return std::nullopt;
  for (Layout layout : {Layout::Contiguous, Layout::ZigZag, Layout::Striped})
    if (StringRef(name) == planner::nameOf(layout))
      return layout;
  return createStringError("unknown layout '" + Twine(name) +
                           "'; layouts are contiguous, zigzag and striped");
}

static Expected<LoweringOptions>
readLowering(const rdattn_kernel_options &options) {
  Expected<TargetKind> target = capi::targetOf(options.target);
  if (!target)
    return target.takeError();
  if (Error error = checkOptions(options))
    return std::move(error);
  Expected<std::string> schedule = readSchedule(options.schedule);
  if (!schedule)
    return schedule.takeError();
  if (!schedule->empty() && *target == TargetKind::CPU)
    return createStringError("a schedule is for CUDA; target 'cpu' takes none");
  LoweringOptions lowering = capi::optionsFor(*target);
  lowering.schedule = *schedule;
  // So that the pattern is not in the code.
  lowering.outlinePlans = true;
  return lowering;
}

Expected<capi::KernelRequest>
capi::readRequest(const rdattn_kernel_options &options) {
  Expected<LoweringOptions> lowering = readLowering(options);
  if (!lowering)
    return lowering.takeError();
  Expected<planner::Pattern> pattern = parsePatternJSON(options.pattern);
  if (!pattern)
    return pattern.takeError();
  Expected<std::optional<planner::Layout>> layout = readLayout(options.layout);
  if (!layout)
    return layout.takeError();
  return KernelRequest{std::move(*lowering), std::move(*pattern), *layout};
}
