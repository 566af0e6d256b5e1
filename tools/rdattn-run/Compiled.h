//===- Compiled.h - A module and the function to run ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_COMPILED_H
#define RDATTN_TOOLS_RUN_COMPILED_H

#include "rdattn/runtime.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace rdattn::run {

struct CloseModule {
  void operator()(rdattn_module *module) const { rdattn_module_close(module); }
};
using ModulePtr = std::unique_ptr<rdattn_module, CloseModule>;

/// The runtime's last sentence, as an error; success where `status` is OK.
llvm::Error toError(rdattn_status status);

/// Opens a shared object, or compiles MLIR text for `target` in this process
/// ("-" is standard input); "cuda" is what suits the device.
llvm::Expected<ModulePtr> loadModule(llvm::StringRef path,
                                     const std::string &target, int device);

/// The function called `name`, or the only one where `name` is empty.
llvm::Expected<const rdattn_function *> findFunction(const ModulePtr &module,
                                                     const std::string &name);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_COMPILED_H
