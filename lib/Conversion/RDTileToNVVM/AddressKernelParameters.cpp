//===- AddressKernelParameters.cpp - By-value parameters in place ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

#include "rdattn/module.h"

namespace rdattn {
#define GEN_PASS_DEF_ADDRESSKERNELPARAMETERS
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// A struct of the caller's that the kernel reads, and the copy engine with it,
/// where the launch put it.
static void passByValue(LLVM::LLVMFuncOp function, unsigned index) {
  Builder b(function.getContext());
  auto bytes =
      LLVM::LLVMArrayType::get(b.getI8Type(), sizeof(rdattn_cuda_maps));
  auto set = [&](StringRef name, Attribute value) {
    function.setArgAttr(index, name, value);
  };
  set(LLVM::LLVMDialect::getByValAttrName(), TypeAttr::get(bytes));
  set(LLVM::LLVMDialect::getAlignAttrName(), b.getI64IntegerAttr(64));
  set(NVVM::NVVMDialect::getGridConstantAttrName(), b.getUnitAttr());
}

namespace {
struct AddressKernelParameters
    : rdattn::impl::AddressKernelParametersBase<AddressKernelParameters> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      auto index =
          function->getAttrOfType<IntegerAttr>(rdtile::kMapsArgumentAttrName);
      if (!index)
        continue;
      passByValue(function, index.getInt());
      function->removeAttr(rdtile::kMapsArgumentAttrName);
    }
  }
};
} // namespace
