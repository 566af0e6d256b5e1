//===- PatternJSON.cpp - Patterns as JSON ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/PatternJSON/PatternJSON.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace rdattn;
using namespace rdattn::planner;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// To JSON
//===----------------------------------------------------------------------===//

static json::Value orderToJSON(const Order &order) {
  if (order.grid)
    return json::Array{order.grid->rows, order.grid->cols};
  return order.kind == OrderKind::Hilbert ? "hilbert" : "identity";
}

static json::Value segmentToJSON(const Segment &segment) {
  json::Object object{{"length", segment.length}};
  if (segment.dilation != 1)
    object["dilation"] = segment.dilation;
  if (segment.order.kind != OrderKind::Identity)
    object["order"] = orderToJSON(segment.order);
  if (segment.window)
    object["window"] = *segment.window;
  return object;
}

static json::Value branchToJSON(const Branch &branch) {
  json::Array segments;
  for (const Segment &segment : branch.segments)
    segments.push_back(segmentToJSON(segment));
  json::Object object{{"segments", std::move(segments)}};
  if (branch.repeat)
    object["repeat"] = true;
  if (branch.perHead)
    object["offsets"] = "per_head";
  return object;
}

json::Value rdattn::patternToJSON(const Pattern &pattern) {
  json::Array branches;
  for (const Branch &branch : pattern.branches)
    branches.push_back(branchToJSON(branch));
  json::Object object{{"branches", std::move(branches)}};
  if (pattern.detachMixing)
    object["detach_mixing"] = true;
  return object;
}

//===----------------------------------------------------------------------===//
// From JSON
//===----------------------------------------------------------------------===//

namespace {
/// A value and where it stands, such as `branches[0].segments[2].length`.
struct Place {
  const json::Value *value;
  std::string path;

  llvm::Error error(const llvm::Twine &message) const {
    return llvm::createStringError(path + ": " + message);
  }
};
} // namespace

/// The members of an object, none of which is outside `known`.
static llvm::Expected<const json::Object *>
getObject(const Place &place, llvm::ArrayRef<llvm::StringRef> known) {
  const json::Object *object = place.value->getAsObject();
  if (!object)
    return place.error("expected an object");
  for (const auto &member : *object)
    if (!llvm::is_contained(known, llvm::StringRef(member.first)))
      return place.error("unknown key \"" + llvm::StringRef(member.first) +
                         "\": expected one of " + llvm::join(known, ", "));
  return object;
}

/// Calls `read` on the member `key`, if there is one.
static llvm::Error
readOptional(const Place &place, llvm::StringRef key,
             llvm::function_ref<llvm::Error(const Place &)> read) {
  const json::Value *value = place.value->getAsObject()->get(key);
  return value ? read({value, place.path + "." + key.str()})
               : llvm::Error::success();
}

static llvm::Error
readRequired(const Place &place, llvm::StringRef key,
             llvm::function_ref<llvm::Error(const Place &)> read) {
  if (!place.value->getAsObject()->get(key))
    return place.error("needs \"" + key + "\"");
  return readOptional(place, key, read);
}

/// Calls `read` on each element of an array.
static llvm::Error
readArray(const Place &place,
          llvm::function_ref<llvm::Error(const Place &)> read) {
  const json::Array *array = place.value->getAsArray();
  if (!array)
    return place.error("expected a list");
  for (size_t i = 0; i < array->size(); ++i) {
    Place element{&(*array)[i], place.path + "[" + std::to_string(i) + "]"};
    if (llvm::Error error = read(element))
      return error;
  }
  return llvm::Error::success();
}

/// A double at or past 2^63 is not one that getAsInteger may convert.
static llvm::Error readInteger(const Place &place, int64_t &result) {
  std::optional<double> number = place.value->getAsNumber();
  if (!number || std::trunc(*number) != *number)
    return place.error("expected an integer");
  std::optional<uint64_t> exact = place.value->getAsUINT64();
  bool fits = exact ? *exact <= uint64_t(INT64_MAX)
                    : *number < 0x1p63 && *number >= -0x1p63;
  if (!fits)
    return place.error("does not fit in 64 bits");
  result = exact ? int64_t(*exact) : *place.value->getAsInteger();
  return llvm::Error::success();
}

static llvm::Error readBoolean(const Place &place, bool &result) {
  std::optional<bool> value = place.value->getAsBoolean();
  if (!value)
    return place.error("expected true or false");
  result = *value;
  return llvm::Error::success();
}

static llvm::Error readGrid(const Place &place, Grid &grid) {
  if (place.value->getAsArray()->size() != 2)
    return place.error("expected [rows, cols]");
  int64_t *next = &grid.rows;
  return readArray(place, [&](const Place &cell) {
    return readInteger(cell, *std::exchange(next, &grid.cols));
  });
}

static llvm::Error readOrder(const Place &place, Order &order) {
  if (place.value->getAsArray()) {
    order.kind = OrderKind::Hilbert;
    return readGrid(place, order.grid.emplace());
  }
  std::optional<llvm::StringRef> name = place.value->getAsString();
  if (name == "hilbert")
    order.kind = OrderKind::Hilbert;
  else if (name != "identity")
    return place.error("expected \"identity\", \"hilbert\" or [rows, cols]");
  return llvm::Error::success();
}

static llvm::Error readOffsets(const Place &place, bool &perHead) {
  std::optional<llvm::StringRef> name = place.value->getAsString();
  perHead = name == "per_head";
  if (!perHead && name != "all")
    return place.error("expected \"all\" or \"per_head\"");
  return llvm::Error::success();
}

/// A rule of the planner, at the place that breaks it.
static llvm::Error check(const Place &place, const Violation &violation) {
  return violation ? place.error(*violation) : llvm::Error::success();
}

static llvm::Error readSegment(const Place &place, Segment &segment) {
  auto object = getObject(place, {"length", "dilation", "order", "window"});
  if (!object)
    return object.takeError();
  auto readInto = [](int64_t &result) {
    return [&](const Place &place) { return readInteger(place, result); };
  };
  if (llvm::Error error =
          readRequired(place, "length", readInto(segment.length)))
    return error;
  if (llvm::Error error =
          readOptional(place, "dilation", readInto(segment.dilation)))
    return error;
  if (llvm::Error error = readOptional(place, "order", [&](const Place &order) {
        return readOrder(order, segment.order);
      }))
    return error;
  if (llvm::Error error =
          readOptional(place, "window", [&](const Place &window) {
            return readInteger(window, segment.window.emplace());
          }))
    return error;
  return check(place, checkSegment(segment));
}

static llvm::Error readBranch(const Place &place, Branch &branch) {
  auto object = getObject(place, {"segments", "repeat", "offsets"});
  if (!object)
    return object.takeError();
  auto readSegments = [&](const Place &list) {
    return readArray(list, [&](const Place &segment) {
      return readSegment(segment, branch.segments.emplace_back());
    });
  };
  if (llvm::Error error = readRequired(place, "segments", readSegments))
    return error;
  if (llvm::Error error = readOptional(place, "repeat", [&](const Place &flag) {
        return readBoolean(flag, branch.repeat);
      }))
    return error;
  if (llvm::Error error =
          readOptional(place, "offsets", [&](const Place &name) {
            return readOffsets(name, branch.perHead);
          }))
    return error;
  return check(place, checkBranch(branch));
}

static llvm::Error readPattern(const Place &place, Pattern &pattern) {
  auto object = getObject(place, {"branches", "detach_mixing"});
  if (!object)
    return object.takeError();
  auto readBranches = [&](const Place &list) {
    return readArray(list, [&](const Place &branch) {
      return readBranch(branch, pattern.branches.emplace_back());
    });
  };
  if (llvm::Error error = readRequired(place, "branches", readBranches))
    return error;
  if (llvm::Error error =
          readOptional(place, "detach_mixing", [&](const Place &flag) {
            return readBoolean(flag, pattern.detachMixing);
          }))
    return error;
  return check(place, checkPattern(pattern));
}

llvm::Expected<Pattern> rdattn::patternFromJSON(const json::Value &json) {
  Pattern pattern;
  if (llvm::Error error = readPattern({&json, "pattern"}, pattern))
    return error;
  return pattern;
}

llvm::Expected<Pattern> rdattn::parsePatternJSON(llvm::StringRef text) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  return patternFromJSON(*value);
}
