//===- ScheduleFields.cpp - Fields of a schedule set by hand --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/ScheduleFields.h"

using namespace mlir;
using namespace rdattn;

static constexpr int64_t kUnset = std::numeric_limits<int64_t>::min();

namespace {
/// A schedule whose fields can be set one by one.
struct Fields {
  explicit Fields(SM90ScheduleAttr schedule)
      : keys(schedule.getKeys()), stages(schedule.getStages()),
        consumers(schedule.getConsumers()), lanes(schedule.getLanes()),
        pingpong(schedule.getPingpong()), order(schedule.getOrder()) {}

  int64_t keys, stages, consumers, lanes;
  int64_t group = kUnset;
  bool pingpong;
  TileOrder order;
};
} // namespace

using EmitError = function_ref<InFlightDiagnostic()>;

static LogicalResult setInteger(int64_t &field, StringRef name, StringRef value,
                                EmitError emitError) {
  if (!value.getAsInteger(10, field))
    return success();
  return emitError() << "schedule field '" << name
                     << "' must be an integer, not '" << value << "'";
}

static LogicalResult setPingpong(bool &field, StringRef value,
                                 EmitError emitError) {
  if (value != "true" && value != "false")
    return emitError() << "schedule field 'pingpong' must be true or false, "
                          "not '"
                       << value << "'";
  field = value == "true";
  return success();
}

static LogicalResult setOrder(TileOrder &field, StringRef value,
                              EmitError emitError) {
  std::optional<TileOrder> order = symbolizeTileOrder(value);
  if (!order)
    return emitError() << "schedule field 'order' must be plain or "
                          "longest_first, not '"
                       << value << "'";
  field = *order;
  return success();
}

static LogicalResult setField(Fields &fields, StringRef name, StringRef value,
                              EmitError emitError) {
  std::pair<StringRef, int64_t *> integers[] = {
      {"keys", &fields.keys},
      {"stages", &fields.stages},
      {"consumers", &fields.consumers},
      {"lanes", &fields.lanes},
      {"group", &fields.group}};
  for (auto [known, field] : integers)
    if (known == name)
      return setInteger(*field, name, value, emitError);
  if (name == "pingpong")
    return setPingpong(fields.pingpong, value, emitError);
  if (name == "order")
    return setOrder(fields.order, value, emitError);
  return emitError() << "unknown schedule field '" << name
                     << "'; fields are keys, stages, consumers, lanes, "
                        "pingpong, order and group";
}

FailureOr<SM90ScheduleAttr> rdattn::setFields(SM90ScheduleAttr schedule,
                                              StringRef text,
                                              EmitError emitError) {
  Fields fields(schedule);
  SmallVector<StringRef> settings;
  text.split(settings, ',', -1, /*KeepEmpty=*/false);
  for (StringRef setting : settings) {
    auto [name, value] = setting.split('=');
    if (failed(setField(fields, name.trim(), value.trim(), emitError)))
      return failure();
  }
  if (fields.group == kUnset)
    fields.group = fields.order == TileOrder::Plain ? 0 : schedule.getGroup();
  auto set = SM90ScheduleAttr::getChecked(
      emitError, schedule.getContext(), 64 * fields.consumers, fields.keys,
      fields.stages, fields.consumers, fields.lanes, fields.pingpong,
      fields.order, fields.group);
  if (!set)
    return failure();
  return set;
}
