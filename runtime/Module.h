//===- Module.h - Modules and their functions -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_MODULE_H
#define RDATTN_RUNTIME_MODULE_H

#include "rdattn/module.h"
#include "runtime/Loader.h"
#include "runtime/PlanCache.h"
#include "runtime/cuda/Alternatives.h"
#include "runtime/cuda/FunctionState.h"

struct rdattn_function {
  bool takes(rdattn_role role) const;
  bool takesRing() const;
  /// A plan made before the call, in some form.
  bool takesPlan() const;

  /// Of the best architecture, where there are several.
  const rdattn_function_data *data = nullptr;
  /// Null where the function has one code.
  std::unique_ptr<rdattn::runtime::cuda::Alternatives> alternatives;
  /// Goes after the plans, so that it frees what their copies leave.
  mutable rdattn::runtime::cuda::FunctionState cuda;
  /// Plans of the spec that the function's code embeds.
  mutable rdattn::runtime::EmbeddedSpecs specs;
};

struct rdattn_module {
  rdattn::runtime::Library library{
      nullptr, nullptr}; ///< none where the data is the program's
  size_t count = 0;
  std::unique_ptr<rdattn_function[]> functions; ///< handles: they never move
};

#endif // RDATTN_RUNTIME_MODULE_H
