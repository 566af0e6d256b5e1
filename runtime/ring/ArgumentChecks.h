//===- ArgumentChecks.h - What a call says of its ring ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_ARGUMENTCHECKS_H
#define RDATTN_RUNTIME_RING_ARGUMENTCHECKS_H

#include "runtime/Module.h"

namespace rdattn::runtime::ring {

/// A ring where the function runs on one, and a plan that is made for that.
MaybeFailure checkArguments(const rdattn_function &function,
                            const rdattn_arguments &arguments);

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_ARGUMENTCHECKS_H
