//===- ShareSteps.cpp - One function for steps that are alike -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Team.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace rdattn;

using Launches = SmallVector<RingLaunchOp>;

/// The function of a launch, and all that its code depends on beside operands.
static Attribute keyOf(RingLaunchOp launch) {
  Builder b(launch.getContext());
  SmallVector<Type> types(launch->getOperandTypes());
  return b.getArrayAttr(
      {launch->getParentOfType<func::FuncOp>().getSymNameAttr(),
       launch->getAttrDictionary(), b.getTypeArrayAttr(types)});
}

/// A function of a launch's operands, beside the one that the launch is in.
static func::FuncOp outline(RingLaunchOp launch, SymbolTable &symbols) {
  auto around = launch->getParentOfType<func::FuncOp>();
  OpBuilder b(around);
  auto type = b.getFunctionType(launch->getOperandTypes(), {});
  auto step = func::FuncOp::create(b, launch.getLoc(),
                                   (around.getName() + "_step").str(), type);
  step.setPrivate();
  symbols.insert(step);
  Block *entry = step.addEntryBlock();
  b.setInsertionPointToStart(entry);
  Operation *inside = b.clone(*launch);
  inside->setOperands(entry->getArguments());
  func::ReturnOp::create(b, launch.getLoc());
  return step;
}

void cpu::shareRingLaunches(ModuleOp module) {
  llvm::MapVector<Attribute, Launches> alike;
  module.walk([&](RingLaunchOp launch) {
    if (isa<CPUScheduleAttr>(launch.getSchedule()) &&
        launch->getNumResults() == 0 && launch->getParentOfType<func::FuncOp>())
      alike[keyOf(launch)].push_back(launch);
  });
  SymbolTable symbols(module);
  for (auto &[key, launches] : alike) {
    if (launches.size() < 2)
      continue;
    func::FuncOp step = outline(launches.front(), symbols);
    for (RingLaunchOp launch : launches) {
      OpBuilder b(launch);
      func::CallOp::create(b, launch.getLoc(), step, launch->getOperands());
      launch.erase();
    }
  }
}
