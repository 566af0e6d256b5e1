//===- LaunchTables.cpp - Checks of a launch's constant tables ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/LaunchTables.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

#include <set>

using namespace mlir;
using namespace rdattn;
using planner::WorkItem;

/// The values of a constant table, or nothing where it is computed.
static std::optional<SmallVector<int32_t>> constantTable(Value table) {
  ElementsAttr elements;
  if (!matchPattern(table, m_Constant(&elements)))
    return std::nullopt;
  if (auto resource = dyn_cast<DenseI32ResourceElementsAttr>(elements)) {
    std::optional<ArrayRef<int32_t>> values = resource.tryGetAsArrayRef();
    if (!values)
      return std::nullopt;
    return SmallVector<int32_t>(*values);
  }
  auto values = elements.tryGetValues<int32_t>();
  if (!values)
    return std::nullopt;
  return SmallVector<int32_t>(*values);
}

namespace {
/// The checks of one launch. Items of the same class share a list of rows,
/// which is read once.
class TableVerifier {
public:
  TableVerifier(LaunchOp op, const InputShapes &shapes)
      : op(op), shapes(shapes), items(constantTable(op.getItems())),
        rows(constantTable(op.getRows())),
        phases(constantTable(op.getPhases())) {}

  LogicalResult verify();

private:
  LogicalResult verifySizes();
  LogicalResult verifyPhases();
  LogicalResult verifyItem(const WorkItem &item);
  LogicalResult verifyRange(StringRef what, int64_t value, int64_t end);
  LogicalResult verifyLeast(StringRef what, int64_t value, int64_t least);
  LogicalResult verifyFlags(const WorkItem &item);
  LogicalResult verifyTokens(const WorkItem &item);
  LogicalResult verifyList(const WorkItem &item);
  LogicalResult verifyToken(int64_t token);

  int64_t numItems() const { return items->size() / planner::kWorkItemColumns; }
  InFlightDiagnostic error() {
    return op.emitOpError() << "item " << index << ": ";
  }

  LaunchOp op;
  const InputShapes &shapes;
  std::optional<SmallVector<int32_t>> items, rows, phases;
  int64_t index = 0;
  std::set<std::array<int32_t, 5>> seenLists;
};
} // namespace

LogicalResult TableVerifier::verifySizes() {
  if (ShapedType::isStaticShape(shapes.output()))
    return success();
  return op.emitOpError() << "a constant work table needs a static batch, "
                             "number of tokens and number of heads; plan at "
                             "run time where one is dynamic";
}

/// E5: the items of branch b are phases[b] to phases[b + 1].
LogicalResult TableVerifier::verifyPhases() {
  if (phases->empty() || phases->front() != 0 || !llvm::is_sorted(*phases))
    return op.emitOpError() << "phases must start at 0 and ascend";
  if (items && phases->back() != numItems())
    return op.emitOpError() << "phases must end at the number of items "
                            << numItems() << ", got " << phases->back();
  return success();
}

LogicalResult TableVerifier::verifyRange(StringRef what, int64_t value,
                                         int64_t end) {
  if (value >= 0 && value < end)
    return success();
  if (end == 0)
    return error() << "there is no " << what << " " << value;
  return error() << what << " " << value << " is outside 0 to " << end - 1;
}

LogicalResult TableVerifier::verifyLeast(StringRef what, int64_t value,
                                         int64_t least) {
  if (value >= least)
    return success();
  return error() << what << " must be at least " << least << ", got " << value;
}

/// The kernel's key says what kinds of item it has code for.
LogicalResult TableVerifier::verifyFlags(const WorkItem &item) {
  if (item.list >= 0 && !op.getGathered())
    return error() << "a list of rows needs a launch that says `gathered`";
  if (item.list >= 0 && item.run > 1 && !op.getSchedule().takesRuns())
    return error() << "entries of " << item.run
                   << " rows need a schedule that takes runs: give every row "
                      "an entry";
  if (item.window == 1 && !op.getIsolated())
    return error() << "a window of 1 needs a launch that says `isolated`";
  if (item.window > 1 && !op.getWindowed())
    return error() << "a window of " << item.window
                   << " needs a launch that says `windowed`";
  return success();
}

LogicalResult TableVerifier::verifyToken(int64_t token) {
  return verifyRange("token", token, shapes.tokens);
}

/// Entry e of the list holds the token of row e * run, and the next run - 1
/// rows follow it.
LogicalResult TableVerifier::verifyList(const WorkItem &item) {
  int64_t entries = llvm::divideCeil(item.rows, item.run);
  if (!rows)
    return success();
  if (item.list + entries > int64_t(rows->size()))
    return error() << "entries " << item.list << " to "
                   << item.list + entries - 1
                   << " are outside the list of rows, which has "
                   << rows->size();
  for (int64_t e = 0; e < entries; ++e) {
    int64_t first = int64_t(item.first) + (*rows)[item.list + e];
    int64_t more = std::min<int64_t>(item.run, item.rows - e * item.run) - 1;
    if (failed(verifyToken(first)) ||
        failed(verifyToken(first + more * item.stride)))
      return failure();
  }
  return success();
}

LogicalResult TableVerifier::verifyTokens(const WorkItem &item) {
  if (item.list < 0)
    return success(succeeded(verifyToken(item.first)) &&
                   succeeded(verifyToken(item.first + int64_t(item.rows - 1) *
                                                          item.stride)));
  if (!seenLists
           .insert({item.list, item.rows, item.first, item.stride, item.run})
           .second)
    return success();
  return verifyList(item);
}

LogicalResult TableVerifier::verifyItem(const WorkItem &item) {
  if (failed(verifyRange("batch", item.batch, shapes.batch)) ||
      failed(verifyRange("head", item.head, shapes.heads)) ||
      failed(verifyLeast("rows", item.rows, 1)) ||
      failed(verifyRange("first query row", item.row, item.rows)) ||
      failed(verifyLeast("stride", item.stride, 1)) ||
      failed(verifyLeast("offset in rows", item.list, -1)) ||
      failed(verifyLeast("rows per entry", item.run, 1)) ||
      failed(verifyLeast("window", item.window, 0)))
    return failure();
  if (failed(verifyFlags(item)))
    return failure();
  return verifyTokens(item);
}

LogicalResult TableVerifier::verify() {
  if (phases && failed(verifyPhases()))
    return failure();
  if (!items)
    return success();
  if (failed(verifySizes()))
    return failure();
  for (index = 0; index < numItems(); ++index) {
    WorkItem item;
    std::memcpy(&item, items->data() + index * planner::kWorkItemColumns,
                sizeof(item));
    if (failed(verifyItem(item)))
      return failure();
  }
  return success();
}

LogicalResult rdattn::verifyTables(LaunchOp op, const InputShapes &shapes) {
  return TableVerifier(op, shapes).verify();
}
