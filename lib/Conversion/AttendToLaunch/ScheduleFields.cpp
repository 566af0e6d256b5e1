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
/// The fields of a schedule that can be set, where their values are.
struct Fields {
  SmallVector<std::pair<StringRef, int64_t *>> integers;
  std::optional<bool> *pingpong; ///< null where the schedule has none
  TileOrder order;
  int64_t group = kUnset;
  StringRef names; ///< all of them, for the reader of an error

  /// The group that was set, or the one that goes with the order.
  int64_t groupOr(int64_t given) const {
    if (group != kUnset)
      return group;
    return order == TileOrder::Plain ? 0 : given;
  }
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

static LogicalResult setPingpong(std::optional<bool> &field, StringRef value,
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
  for (auto [known, field] : fields.integers)
    if (known == name)
      return setInteger(*field, name, value, emitError);
  if (name == "group")
    return setInteger(fields.group, name, value, emitError);
  if (name == "pingpong" && fields.pingpong)
    return setPingpong(*fields.pingpong, value, emitError);
  if (name == "order")
    return setOrder(fields.order, value, emitError);
  return emitError() << "unknown schedule field '" << name << "'; fields are "
                     << fields.names;
}

static LogicalResult read(Fields &fields, StringRef text, EmitError emitError) {
  SmallVector<StringRef> settings;
  text.split(settings, ',', -1, /*KeepEmpty=*/false);
  for (StringRef setting : settings) {
    auto [name, value] = setting.split('=');
    if (failed(setField(fields, name.trim(), value.trim(), emitError)))
      return failure();
  }
  return success();
}

/// What the attribute's own verifier says of the fields together.
template <typename Schedule>
static FailureOr<Schedule> checked(Schedule schedule) {
  if (!schedule)
    return failure();
  return schedule;
}

FailureOr<SM90ScheduleAttr> rdattn::setFields(SM90ScheduleAttr schedule,
                                              StringRef text,
                                              EmitError emitError) {
  int64_t keys = schedule.getKeys(), stages = schedule.getStages();
  int64_t consumers = schedule.getConsumers(), lanes = schedule.getLanes();
  std::optional<bool> pingpong;
  Fields fields{{{"keys", &keys},
                 {"stages", &stages},
                 {"consumers", &consumers},
                 {"lanes", &lanes}},
                &pingpong,
                schedule.getOrder(),
                kUnset,
                "keys, stages, consumers, lanes, pingpong, order and group"};
  if (failed(read(fields, text, emitError)))
    return failure();
  // One consumer has nobody to take turns with, unless it is said to.
  bool turns = pingpong.value_or(schedule.getPingpong() && consumers > 1);
  return checked(SM90ScheduleAttr::getChecked(
      emitError, schedule.getContext(), 64 * consumers, keys, stages, consumers,
      lanes, turns, fields.order, fields.groupOr(schedule.getGroup())));
}

FailureOr<SM80ScheduleAttr> rdattn::setFields(SM80ScheduleAttr schedule,
                                              StringRef text,
                                              EmitError emitError) {
  int64_t queries = schedule.getQueries(), keys = schedule.getKeys();
  int64_t stages = schedule.getStages(), warpgroups = schedule.getWarpgroups();
  Fields fields{{{"queries", &queries},
                 {"keys", &keys},
                 {"stages", &stages},
                 {"warpgroups", &warpgroups}},
                /*pingpong=*/nullptr,
                schedule.getOrder(),
                kUnset,
                "queries, keys, stages, warpgroups, order and group"};
  if (failed(read(fields, text, emitError)))
    return failure();
  return checked(SM80ScheduleAttr::getChecked(
      emitError, schedule.getContext(), queries, keys, stages, warpgroups,
      fields.order, fields.groupOr(schedule.getGroup())));
}
