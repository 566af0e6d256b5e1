//===- ModuleData.h - Checks of what a module exports -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_MODULEDATA_H
#define RDATTN_RUNTIME_MODULEDATA_H

#include "rdattn/module.h"
#include "runtime/Error.h"

namespace rdattn::runtime {

/// Magic, ABI version and CPU features first, then every function's fields;
/// `subject` names the module in messages.
MaybeFailure checkModuleData(const std::string &subject,
                             const rdattn_module_data &data);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_MODULEDATA_H
