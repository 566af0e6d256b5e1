//===- InputShapes.cpp - The sizes of one attention -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/InputShapes.h"

using namespace mlir;
using namespace rdattn;

static LogicalResult verifyRanks(ArrayRef<ShapedType> types,
                                 EmitError emitError) {
  for (auto [name, type] : llvm::zip_equal(StringRef("qkv"), types))
    if (!type || !type.hasRank() || type.getRank() != 4)
      return emitError() << StringRef(&name, 1)
                         << " must be [batch, tokens, heads, head_dim], got "
                         << type;
  return success();
}

static LogicalResult verifyElementTypes(ArrayRef<ShapedType> types,
                                        EmitError emitError) {
  Type element = types[0].getElementType();
  if (isa<Float32Type, Float16Type, BFloat16Type>(element) &&
      llvm::all_equal(llvm::map_range(
          types, [](ShapedType type) { return type.getElementType(); })))
    return success();
  return emitError() << "q, k and v must share one element type of f32, f16 "
                        "and bf16, got "
                     << types[0].getElementType() << ", "
                     << types[1].getElementType() << " and "
                     << types[2].getElementType();
}

/// The size that `types` share in dimension `dim`.
static FailureOr<int64_t> mergeSizes(ArrayRef<ShapedType> types, unsigned dim,
                                     StringRef names, StringRef what,
                                     EmitError emitError) {
  int64_t size = ShapedType::kDynamic;
  for (ShapedType type : types) {
    int64_t other = type.getDimSize(dim);
    if (ShapedType::isStatic(size) && ShapedType::isStatic(other) &&
        size != other)
      return emitError() << names << " must have the same " << what << ", got "
                         << size << " and " << other;
    if (ShapedType::isStatic(other))
      size = other;
  }
  return size;
}

static LogicalResult verifyHeadDims(ShapedType q, ShapedType k, ShapedType v,
                                    EmitError emitError) {
  for (auto [name, type] : {std::pair("q", q), {"k", k}, {"v", v}}) {
    int64_t size = type.getDimSize(3);
    if (ShapedType::isDynamic(size))
      return emitError() << "the head dimension of " << name
                         << " must be static";
    if (size < 1)
      return emitError() << "the head dimension of " << name
                         << " must be at least 1, got " << size;
  }
  if (q.getDimSize(3) != k.getDimSize(3))
    return emitError() << "the head dimension of k must equal q's "
                       << q.getDimSize(3) << ", got " << k.getDimSize(3);
  return success();
}

FailureOr<InputShapes> rdattn::getInputShapes(ShapedType q, ShapedType k,
                                              ShapedType v,
                                              EmitError emitError) {
  ShapedType types[] = {q, k, v};
  if (failed(verifyRanks(types, emitError)) ||
      failed(verifyElementTypes(types, emitError)) ||
      failed(verifyHeadDims(q, k, v, emitError)))
    return failure();
  auto batch = mergeSizes(types, 0, "q, k and v", "batch size", emitError);
  if (failed(batch))
    return failure();
  auto tokens =
      mergeSizes(types, 1, "q, k and v", "number of tokens", emitError);
  if (failed(tokens))
    return failure();
  auto kvHeads = mergeSizes({k, v}, 2, "k and v", "number of heads", emitError);
  if (failed(kvHeads))
    return failure();
  return InputShapes{
      *batch,          *tokens,         q.getDimSize(2),   *kvHeads,
      q.getDimSize(3), v.getDimSize(3), q.getElementType()};
}

LogicalResult rdattn::verifyHeads(const InputShapes &shapes,
                                  EmitError emitError) {
  if (shapes.heads == 0 || ShapedType::isDynamic(shapes.heads) ||
      ShapedType::isDynamic(shapes.kvHeads))
    return success();
  if (shapes.kvHeads == 0 || shapes.heads % shapes.kvHeads != 0)
    return emitError() << "the number of query heads must be a multiple of the "
                          "number of key/value heads, got "
                       << shapes.heads << " and " << shapes.kvHeads;
  return success();
}
