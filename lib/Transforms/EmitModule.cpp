//===- EmitModule.cpp - Describe the module's entries to the runtime ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CPU/TargetCPU.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Host.h"

#include "rdattn/module.h"

namespace rdattn {
#define GEN_PASS_DEF_EMITMODULE
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

namespace {
/// Builds the globals of rdattn_module_data in a module.
class ModuleData {
public:
  ModuleData(ModuleOp module, const TargetCPU &cpu)
      : cpu(cpu), b(module.getLoc(), module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {
    b.setInsertionPointToEnd(module.getBody());
  }

  void addEntry(LLVM::LLVMFuncOp function);
  void finish();

private:
  struct Entry {
    std::string name, roles, definition;
    int64_t dtype, target = RDATTN_CPU;
    SmallVector<int64_t> sizes;
    LLVM::LLVMFuncOp wrapper;
  };

  LLVM::LLVMFuncOp emitWrapper(LLVM::LLVMFuncOp function, StringRef roles);
  LLVM::GlobalOp emitGlobal(Type type, StringRef name, LLVM::Linkage linkage,
                            function_ref<Value()> value);
  Value stringPointer(StringRef text);
  Value integer(int64_t value);
  Value insert(Value aggregate, Value value, ArrayRef<int64_t> position);
  Value emitEntry(const Entry &entry);
  Type entryType();

  const TargetCPU &cpu;
  ImplicitLocOpBuilder b;
  Type pointer;
  SmallVector<Entry> entries;
  int64_t strings = 0;
};
} // namespace

Value ModuleData::integer(int64_t value) {
  return LLVM::ConstantOp::create(b, b.getI64IntegerAttr(value));
}

Value ModuleData::insert(Value aggregate, Value value,
                         ArrayRef<int64_t> position) {
  return LLVM::InsertValueOp::create(b, aggregate, value, position);
}

/// void wrapper(void **arguments): unpacks them and calls the function.
LLVM::LLVMFuncOp ModuleData::emitWrapper(LLVM::LLVMFuncOp function,
                                         StringRef roles) {
  Type none = LLVM::LLVMVoidType::get(b.getContext());
  auto wrapper = LLVM::LLVMFuncOp::create(
      b, ("rdattn_entry_" + function.getName()).str(),
      LLVM::LLVMFunctionType::get(none, {pointer}), LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(b);
  Value packed = wrapper.addEntryBlock(b)->getArgument(0);
  b.setInsertionPointToStart(&wrapper.getBody().front());
  SmallVector<Value> arguments;
  for (auto [index, role] : llvm::enumerate(roles)) {
    Value slot = LLVM::GEPOp::create(b, pointer, pointer, packed,
                                     ArrayRef<LLVM::GEPArg>{int32_t(index)});
    Value argument = LLVM::LoadOp::create(b, pointer, slot);
    if (role == RDATTN_ROLE_SCALE)
      argument = LLVM::LoadOp::create(b, b.getF32Type(), argument);
    arguments.push_back(argument);
  }
  LLVM::CallOp::create(b, TypeRange(),
                       ("_mlir_ciface_" + function.getName()).str(), arguments);
  LLVM::ReturnOp::create(b, ValueRange());
  return wrapper;
}

void ModuleData::addEntry(LLVM::LLVMFuncOp function) {
  auto data = function->getAttrOfType<DictionaryAttr>("rdattn.entry");
  Entry entry;
  entry.name = function.getName();
  entry.roles = data.getAs<StringAttr>("roles").str();
  entry.dtype = data.getAs<IntegerAttr>("dtype").getInt();
  if (auto target = data.getAs<IntegerAttr>("target"))
    entry.target = target.getInt();
  entry.sizes.assign(
      data.getAs<DenseI64ArrayAttr>("sizes").asArrayRef().begin(),
      data.getAs<DenseI64ArrayAttr>("sizes").asArrayRef().end());
  if (auto definition =
          function->getAttrOfType<StringAttr>("rdattn.definition"))
    entry.definition = definition.str();
  entry.wrapper = emitWrapper(function, entry.roles);
  entries.push_back(std::move(entry));
}

LLVM::GlobalOp ModuleData::emitGlobal(Type type, StringRef name,
                                      LLVM::Linkage linkage,
                                      function_ref<Value()> value) {
  auto global = LLVM::GlobalOp::create(b, type, /*isConstant=*/true, linkage,
                                       name, Attribute());
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(b, value());
  return global;
}

Value ModuleData::stringPointer(StringRef text) {
  if (text.empty())
    return LLVM::ZeroOp::create(b, pointer);
  std::string bytes = text.str() + '\0';
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  LLVM::GlobalOp global;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(b.getInsertionBlock()->getParentOp());
    global = LLVM::GlobalOp::create(
        b, type, /*isConstant=*/true, LLVM::Linkage::Internal,
        "rdattn_string_" + std::to_string(strings++), b.getStringAttr(bytes));
  }
  return LLVM::AddressOfOp::create(b, global);
}

Type ModuleData::entryType() {
  auto sizes = LLVM::LLVMArrayType::get(b.getI64Type(), 6);
  return LLVM::LLVMStructType::getLiteral(
      b.getContext(), {pointer, pointer, pointer, pointer, b.getI64Type(),
                       sizes, b.getI64Type()});
}

/// An rdattn_function_data.
Value ModuleData::emitEntry(const Entry &entry) {
  Value data = LLVM::PoisonOp::create(b, entryType());
  data = insert(data, stringPointer(entry.name), {0});
  data = insert(data, LLVM::AddressOfOp::create(b, entry.wrapper), {1});
  data = insert(data, stringPointer(entry.roles), {2});
  data = insert(data, stringPointer(entry.definition), {3});
  data = insert(data, integer(entry.dtype), {4});
  for (auto [index, size] : llvm::enumerate(entry.sizes))
    data = insert(data, integer(size), {5, int64_t(index)});
  return insert(data, integer(entry.target), {6});
}

/// The rdattn_module_data over all entries.
void ModuleData::finish() {
  auto array = LLVM::LLVMArrayType::get(entryType(), entries.size());
  auto functions =
      emitGlobal(array, "rdattn_functions", LLVM::Linkage::Internal, [&] {
        Value all = LLVM::PoisonOp::create(b, array);
        for (auto [index, entry] : llvm::enumerate(entries))
          all = insert(all, emitEntry(entry), {int64_t(index)});
        return all;
      });
  Type i64 = b.getI64Type();
  auto type = LLVM::LLVMStructType::getLiteral(
      b.getContext(), {i64, i64, pointer, pointer, i64, pointer});
  emitGlobal(type, "rdattn_module_data", LLVM::Linkage::External, [&] {
    Value data = LLVM::PoisonOp::create(b, type);
    data = insert(data, integer(RDATTN_MODULE_MAGIC), {0});
    data = insert(data, integer(RDATTN_ABI_VERSION), {1});
    data =
        insert(data, stringPointer(llvm::sys::getDefaultTargetTriple()), {2});
    data = insert(data, stringPointer(llvm::join(cpu.features, ",")), {3});
    data = insert(data, integer(entries.size()), {4});
    return insert(data, LLVM::AddressOfOp::create(b, functions), {5});
  });
}

/// Functions are compiled for `cpu`, whatever the back end's default is.
static void setTarget(LLVM::LLVMFuncOp function, const TargetCPU &cpu) {
  MLIRContext *context = function.getContext();
  SmallVector<std::string> features;
  for (StringRef feature : cpu.features)
    features.push_back(("+" + feature).str());
  SmallVector<StringRef> names(features.begin(), features.end());
  function.setTargetFeaturesAttr(LLVM::TargetFeaturesAttr::get(context, names));
  function.setTuneCpu(cpu.name);
}

namespace {
struct EmitModule : rdattn::impl::EmitModuleBase<EmitModule> {
  using EmitModuleBase::EmitModuleBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module.lookupSymbol("rdattn_module_data"))
      return;
    llvm::Expected<TargetCPU> target = resolveCPU(cpu);
    if (!target) {
      module.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    ModuleData data(module, *target);
    auto functions = llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>());
    for (LLVM::LLVMFuncOp function : functions)
      if (function->hasAttr("rdattn.entry") && !function.isExternal() &&
          !function.getName().starts_with("_mlir_ciface_"))
        data.addEntry(function);
    data.finish();
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        setTarget(function, *target);
  }
};
} // namespace
