//===- AttentionFunction.cpp - A function that is one attention -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/AttentionFunction/AttentionFunction.h"

#include "dialect/RDAttn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace rdattn;

/// The arguments' types: q, k, v and the scale if it is one.
static SmallVector<Type> inputTypes(const AttentionOptions &options) {
  auto tensor = [&](int64_t size) {
    int64_t any = ShapedType::kDynamic;
    return RankedTensorType::get({any, any, any, size}, options.element);
  };
  Type q = tensor(options.headDim);
  Type v = tensor(options.valueDim ? options.valueDim : options.headDim);
  SmallVector<Type> types{q, q, v};
  if (options.takesScale)
    types.push_back(Float32Type::get(options.element.getContext()));
  if (options.ring)
    types.push_back(RingType::get(options.element.getContext(),
                                  ShapedType::kDynamic, *options.ring,
                                  ShapedType::kDynamic));
  return types;
}

OwningOpRef<ModuleOp>
rdattn::buildAttentionFunction(const AttentionOptions &options,
                               const planner::Pattern &pattern) {
  MLIRContext *context = options.element.getContext();
  context->loadDialect<RDAttnDialect, func::FuncDialect>();
  Location location = UnknownLoc::get(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(location);
  ImplicitLocOpBuilder b(location, module->getBodyRegion());
  auto function = func::FuncOp::create(
      b, "attention", b.getFunctionType(inputTypes(options), {}));
  b.setInsertionPointToStart(function.addEntryBlock());
  ValueRange arguments = function.getArguments();
  auto attention = AttentionOp::create(
      b, arguments[0], arguments[1], arguments[2],
      options.takesScale ? arguments[3] : Value(),
      options.ring ? arguments.back() : Value(), FloatAttr(), options.causal,
      PatternAttr::get(context, pattern));
  ValueRange results =
      attention->getResults().take_front(options.returnsLse ? 2 : 1);
  func::ReturnOp::create(b, results);
  function.setFunctionType(
      b.getFunctionType(arguments.getTypes(), results.getTypes()));
  return module;
}
