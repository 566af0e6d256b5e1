//===- DispatchOp.cpp - The host's side of a GPU launch -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"
#include "dialect/Dispatches.h"
#include "dialect/InputShapes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace rdattn;

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

ParseResult rdattn::parseTile(OpAsmParser &parser, IntegerAttr &queries,
                              IntegerAttr &keys) {
  SmallVector<int64_t> sizes;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(sizes, /*allowDynamic=*/false,
                                /*withTrailingX=*/false))
    return failure();
  if (sizes.size() != 2)
    return parser.emitError(loc, "expected a tile of queries x keys, such as "
                                 "128x176");
  queries = parser.getBuilder().getI64IntegerAttr(sizes[0]);
  keys = parser.getBuilder().getI64IntegerAttr(sizes[1]);
  return success();
}

void rdattn::printTile(OpAsmPrinter &printer, Operation *, IntegerAttr queries,
                       IntegerAttr keys) {
  printer << queries.getInt() << "x" << keys.getInt();
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

LogicalResult rdattn::verifyDistinctKinds(Operation *op, ArrayAttr kernels) {
  SmallVector<KernelKind> kinds;
  for (auto kernel : kernels.getAsRange<KernelAttr>()) {
    if (llvm::is_contained(kinds, kernel.getKind()))
      return op->emitOpError() << "has two kernels of kind '"
                               << stringifyKernelKind(kernel.getKind()) << "'";
    kinds.push_back(kernel.getKind());
  }
  return success();
}

/// A merge where there are partial results, and none of a ring's kernels.
static LogicalResult verifyKinds(DispatchOp op) {
  if (failed(verifyDistinctKinds(op, op.getKernels())))
    return failure();
  bool merges = false;
  for (auto kernel : op.getKernels().getAsRange<KernelAttr>()) {
    merges |= kernel.getKind() == KernelKind::Merge;
    if (kernel.getKind() > KernelKind::Merge)
      return op.emitOpError() << "has a kernel of kind '"
                              << stringifyKernelKind(kernel.getKind())
                              << "', which only the steps of a ring need";
  }
  if (op.getKernels().size() == size_t(merges))
    return op.emitOpError() << "needs at least one kernel of kind 'map', "
                               "'rows' or 'elements'";
  bool needsMerge = op.getEpilogue() != Epilogue::Store;
  if (merges != needsMerge)
    return op.emitOpError()
           << "epilogue(" << stringifyEpilogue(op.getEpilogue()) << ") "
           << (needsMerge ? "needs a kernel of kind 'merge'"
                          : "writes no partial results, so that a kernel of "
                            "kind 'merge' has nothing to do");
  return success();
}

LogicalResult rdattn::verifyTile(Operation *op, int64_t queries, int64_t keys) {
  if (queries >= 1 && keys >= 1)
    return success();
  return op->emitOpError() << "tile(" << queries << "x" << keys
                           << ") must have at least one row of each";
}

LogicalResult rdattn::verifyLse(Operation *op, KernelAttrs kernels,
                                bool hasLse) {
  for (auto kernel : llvm::map_range(kernels, llvm::CastTo<KernelAttr>))
    if (kernel.getRoles().contains('l') && !hasLse)
      return op->emitOpError() << "kernel '" << kernel.getFunction()
                               << "' writes lse (role 'l'), but outs names "
                                  "none";
  return success();
}

LogicalResult DispatchOp::verify() {
  auto emit = [&] { return emitOpError(); };
  FailureOr<InputShapes> shapes = getInputShapes(
      getQ().getType(), getK().getType(), getV().getType(), emit);
  if (failed(shapes) || failed(verifyHeads(*shapes, emit)) ||
      failed(verifyOutputs(*this, *shapes, getO(), getLse())) ||
      failed(verifyItems(*this, getItems().getType())) ||
      failed(verifyKinds(*this)) ||
      failed(verifyLse(*this, getKernels().getValue(), bool(getLse()))))
    return failure();
  return verifyTile(*this, getQueries(), getKeys());
}

LogicalResult rdattn::verifyKernels(Operation *op, FlatSymbolRefAttr name,
                                    KernelAttrs kernels,
                                    SymbolTableCollection &symbolTables) {
  Operation *module = symbolTables.lookupNearestSymbolFrom(op, name);
  if (!isa_and_nonnull<gpu::GPUModuleOp, gpu::BinaryOp>(module))
    return op->emitOpError()
           << "@" << name.getValue() << " must be a gpu.module or a gpu.binary";
  if (isa<gpu::BinaryOp>(module))
    return success();
  for (auto kernel : llvm::map_range(kernels, llvm::CastTo<KernelAttr>))
    if (!symbolTables.lookupSymbolIn(
            module, StringAttr::get(op->getContext(), kernel.getFunction())))
      return op->emitOpError()
             << "gpu.module @" << name.getValue() << " has no function '"
             << kernel.getFunction() << "'";
  return success();
}

LogicalResult
DispatchOp::verifySymbolUses(SymbolTableCollection &symbolTables) {
  return verifyKernels(*this, getModuleAttr(), getKernels().getValue(),
                       symbolTables);
}
