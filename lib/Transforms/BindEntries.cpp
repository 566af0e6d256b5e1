//===- BindEntries.cpp - The calling convention of a module ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Transforms/DeviceLaunch.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include "rdattn/module.h"

namespace rdattn {
#define GEN_PASS_DEF_BINDENTRIES
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// Any offset and strides, but a contiguous last dimension.
static MemRefType bufferType(RankedTensorType tensor) {
  SmallVector<int64_t> strides(tensor.getRank(), ShapedType::kDynamic);
  if (!strides.empty())
    strides.back() = 1;
  auto layout = StridedLayoutAttr::get(tensor.getContext(),
                                       ShapedType::kDynamic, strides);
  return MemRefType::get(tensor.getShape(), tensor.getElementType(), layout);
}

static bool isTensor(Type type, int64_t rank,
                     function_ref<bool(Type)> element) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == rank && element(tensor.getElementType());
}

static bool isFloat(Type type) { return isa<FloatType>(type); }
static bool isI32(Type type) { return type.isInteger(32); }

/// One letter per argument and result (rdattn_role), where the function is an
/// attention; nothing otherwise.
static std::optional<std::string> rolesOf(FunctionType type) {
  std::string roles;
  ArrayRef<Type> inputs = type.getInputs(), results = type.getResults();
  for (char role : {'q', 'k', 'v'}) {
    if (inputs.empty() || !isTensor(inputs.front(), 4, isFloat))
      return std::nullopt;
    roles += role;
    inputs = inputs.drop_front();
  }
  if (!inputs.empty() && inputs.front().isF32()) {
    roles.push_back(RDATTN_ROLE_SCALE);
    inputs = inputs.drop_front();
  }
  if (inputs.size() == 1 && isa<RingType, RingScheduleType>(inputs[0])) {
    roles.push_back(isa<RingType>(inputs[0]) ? RDATTN_ROLE_RING
                                             : RDATTN_ROLE_SCHEDULE);
    inputs = {};
  }
  if (inputs.size() == 3 && isTensor(inputs[0], 2, isI32) &&
      isTensor(inputs[1], 1, isI32) && isTensor(inputs[2], 1, isI32)) {
    roles += {RDATTN_ROLE_ITEMS, RDATTN_ROLE_ROWS, RDATTN_ROLE_PHASES};
    inputs = {};
  }
  if (!inputs.empty() || results.empty() || !isTensor(results[0], 4, isFloat))
    return std::nullopt;
  roles.push_back(RDATTN_ROLE_O);
  if (results.size() == 2 &&
      isTensor(results[1], 3, [](Type type) { return type.isF32(); }))
    roles.push_back(RDATTN_ROLE_LSE);
  else if (results.size() != 1)
    return std::nullopt;
  return roles;
}

/// {roles, dtype, sizes = [B, S, H, G, D, Dv]}, -1 where dynamic, and target
/// where it is not the CPU.
static DictionaryAttr entryOf(func::FuncOp function, StringRef roles) {
  Builder b(function.getContext());
  FunctionType type = function.getFunctionType();
  auto q = cast<RankedTensorType>(type.getInput(0));
  auto k = cast<RankedTensorType>(type.getInput(1));
  auto v = cast<RankedTensorType>(type.getInput(2));
  SmallVector<int64_t> sizes{q.getDimSize(0), q.getDimSize(1), q.getDimSize(2),
                             k.getDimSize(2), q.getDimSize(3), v.getDimSize(3)};
  for (int64_t &size : sizes)
    if (ShapedType::isDynamic(size))
      size = -1;
  SmallVector<NamedAttribute> entry{
      b.getNamedAttr("roles", b.getStringAttr(roles)),
      b.getNamedAttr("dtype", b.getI64IntegerAttr(dtypeOf(q.getElementType()))),
      b.getNamedAttr("sizes", b.getDenseI64ArrayAttr(sizes))};
  if (isOnDevice(function))
    entry.push_back(b.getNamedAttr("target", b.getI64IntegerAttr(RDATTN_CUDA)));
  return b.getDictionaryAttr(entry);
}

/// Turns tensor arguments into memrefs that the body reads as tensors.
static void bindArguments(func::FuncOp function) {
  Block &body = function.getBody().front();
  ImplicitLocOpBuilder b(function.getLoc(), function.getContext());
  b.setInsertionPointToStart(&body);
  for (BlockArgument argument : body.getArguments()) {
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    if (!tensor)
      continue;
    argument.setType(bufferType(tensor));
    auto read = bufferization::ToTensorOp::create(b, tensor, argument,
                                                  /*restrict=*/true);
    argument.replaceAllUsesExcept(read, read);
  }
}

/// Turns results into arguments that the body writes.
static void bindResults(func::FuncOp function) {
  Block &body = function.getBody().front();
  auto end = cast<func::ReturnOp>(body.getTerminator());
  ImplicitLocOpBuilder b(end.getLoc(), end);
  SmallVector<Value> kept;
  for (Value result : end.getOperands()) {
    auto tensor = dyn_cast<RankedTensorType>(result.getType());
    if (!tensor) {
      kept.push_back(result);
      continue;
    }
    Value target = body.addArgument(bufferType(tensor), end.getLoc());
    bufferization::MaterializeInDestinationOp::create(
        b, Type(), result, target, /*restrict=*/true, /*writable=*/true);
  }
  end.getOperandsMutable().assign(kept);
  auto inputs = llvm::to_vector(body.getArgumentTypes());
  function.setFunctionType(
      b.getFunctionType(inputs, ValueRange(kept).getTypes()));
  function.setAllArgAttrs(ArrayRef<Attribute>(
      SmallVector<Attribute>(inputs.size(), b.getDictionaryAttr({}))));
  function.removeResAttrsAttr();
}

namespace {
struct BindEntries : rdattn::impl::BindEntriesBase<BindEntries> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      FunctionType type = function.getFunctionType();
      auto hasTensor = [](TypeRange types) {
        return llvm::any_of(types, llvm::IsaPred<RankedTensorType>);
      };
      if (function.isExternal() ||
          (!hasTensor(type.getInputs()) && !hasTensor(type.getResults())))
        continue;
      if (!function.getBody().hasOneBlock()) {
        function.emitOpError("must have a single block to become an entry");
        return signalPassFailure();
      }
      if (!SymbolTable::symbolKnownUseEmpty(function, getOperation())) {
        function.emitOpError("has tensors and is called, but only entries have "
                             "a convention for them; inline it first");
        return signalPassFailure();
      }
      auto roles = rolesOf(type);
      if (roles && function.isPublic()) {
        function->setAttr("rdattn.entry", entryOf(function, *roles));
        function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                          UnitAttr::get(&getContext()));
      }
      bindArguments(function);
      bindResults(function);
    }
  }
};
} // namespace
