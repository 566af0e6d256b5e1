//===- EmitModule.cpp - Describe the module's entries to the runtime ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/ConstantBuilder.h"
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
      : cpu(cpu), b(module),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void addEntry(LLVM::LLVMFuncOp function);
  void finish();

private:
  struct Entry {
    std::string name, roles, definition, architecture;
    int64_t dtype, target = RDATTN_CPU;
    SmallVector<int64_t> sizes;
    LLVM::LLVMFuncOp wrapper;
  };

  LLVM::LLVMFuncOp emitWrapper(LLVM::LLVMFuncOp function, StringRef roles);
  Value emitEntry(const Entry &entry);

  const TargetCPU &cpu;
  ConstantBuilder b;
  Type pointer;
  SmallVector<Entry> entries;
};
} // namespace

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

static std::string textOf(Operation *op, StringRef attribute) {
  auto text = op->getAttrOfType<StringAttr>(attribute);
  return text ? text.str() : "";
}

void ModuleData::addEntry(LLVM::LLVMFuncOp function) {
  auto data = function->getAttrOfType<DictionaryAttr>("rdattn.entry");
  Entry entry;
  entry.name = textOf(function, "rdattn.alternative_of");
  if (entry.name.empty())
    entry.name = function.getName();
  entry.architecture = textOf(function, "rdattn.architecture");
  entry.roles = data.getAs<StringAttr>("roles").str();
  entry.dtype = data.getAs<IntegerAttr>("dtype").getInt();
  if (auto target = data.getAs<IntegerAttr>("target"))
    entry.target = target.getInt();
  entry.sizes.assign(
      data.getAs<DenseI64ArrayAttr>("sizes").asArrayRef().begin(),
      data.getAs<DenseI64ArrayAttr>("sizes").asArrayRef().end());
  entry.definition = textOf(function, "rdattn.definition");
  entry.wrapper = emitWrapper(function, entry.roles);
  // Alternatives of one function follow each other.
  auto last = llvm::find_if(llvm::reverse(entries), [&](const Entry &other) {
    return other.name == entry.name;
  });
  entries.insert(last == entries.rend() ? entries.end() : last.base(),
                 std::move(entry));
}

/// An rdattn_function_data.
Value ModuleData::emitEntry(const Entry &entry) {
  return b.structure({b.string(entry.name),
                      LLVM::AddressOfOp::create(b, entry.wrapper),
                      b.string(entry.roles), b.string(entry.definition),
                      b.integer(entry.dtype), b.integers(entry.sizes),
                      b.integer(entry.target), b.string(entry.architecture)});
}

/// The rdattn_module_data over all entries.
void ModuleData::finish() {
  auto functions =
      b.arrayGlobal("rdattn_functions", entries.size(),
                    [&](size_t i) { return emitEntry(entries[i]); });
  b.global("rdattn_module_data", LLVM::Linkage::External, [&] {
    return b.structure({b.integer(RDATTN_MODULE_MAGIC),
                        b.integer(RDATTN_ABI_VERSION),
                        b.string(llvm::sys::getDefaultTargetTriple()),
                        b.string(llvm::join(cpu.features, ",")),
                        b.integer(entries.size()), b.addressOf(functions)});
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

static bool isEntry(LLVM::LLVMFuncOp function) {
  return function->hasAttr("rdattn.entry") && !function.isExternal() &&
         !function.getName().starts_with("_mlir_ciface_");
}

static bool isForCUDA(LLVM::LLVMFuncOp entry) {
  auto data = entry->getAttrOfType<DictionaryAttr>("rdattn.entry");
  auto target = data.getAs<IntegerAttr>("target");
  return target && target.getInt() == RDATTN_CUDA;
}

/// Code that only launches kernels runs on any CPU, unless one was named.
static llvm::Expected<TargetCPU> cpuFor(ArrayRef<LLVM::LLVMFuncOp> entries,
                                        StringRef cpu) {
  if (cpu == "host" && !entries.empty() && llvm::all_of(entries, isForCUDA))
    return TargetCPU{"generic", {}};
  return resolveCPU(cpu);
}

namespace {
struct EmitModule : rdattn::impl::EmitModuleBase<EmitModule> {
  using EmitModuleBase::EmitModuleBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module.lookupSymbol("rdattn_module_data"))
      return;
    auto functions = llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>());
    llvm::erase_if(functions, [](LLVM::LLVMFuncOp f) { return !isEntry(f); });
    llvm::Expected<TargetCPU> target = cpuFor(functions, cpu);
    if (!target) {
      module.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    ModuleData data(module, *target);
    for (LLVM::LLVMFuncOp function : functions)
      data.addEntry(function);
    data.finish();
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        setTarget(function, *target);
  }
};
} // namespace
