//===- KernelAttrs.cpp - The kernels that a dispatch chooses from ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

using namespace mlir;
using namespace rdattn;

static constexpr StringLiteral kRoles = "qkvolsirpcmPSAXYKV";
static constexpr int64_t kWarp = 32;
static constexpr int64_t kMaxThreads = 1024;

static LogicalResult checkRoles(function_ref<InFlightDiagnostic()> emitError,
                                StringRef roles) {
  if (roles.empty())
    return emitError() << "roles is empty, but every kernel has parameters";
  for (auto [index, role] : llvm::enumerate(roles)) {
    if (!kRoles.contains(role))
      return emitError() << "unknown role '" << StringRef(&role, 1)
                         << "' in roles: the letters are " << kRoles;
    if (roles.take_front(index).contains(role))
      return emitError() << "role '" << StringRef(&role, 1)
                         << "' occurs twice in roles";
  }
  return success();
}

LogicalResult KernelAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef function, KernelKind,
                                 StringRef roles, int64_t threads,
                                 int64_t shared) {
  if (function.empty())
    return emitError() << "a kernel needs the name of its function";
  if (threads < kWarp || threads > kMaxThreads || threads % kWarp != 0)
    return emitError() << "threads = " << threads
                       << " must be a multiple of 32 from 32 to 1024";
  if (shared < 0)
    return emitError() << "shared = " << shared << " must be at least 0 bytes";
  return checkRoles(emitError, roles);
}
