//===- Failure.h - One-sentence errors --------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_FAILURE_H
#define RDATTN_TOOLS_RUN_FAILURE_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace rdattn::run {

inline llvm::Error failure(const llvm::Twine &sentence) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), sentence);
}

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_FAILURE_H
