//===- CompileText.cpp - MLIR text to a loaded module ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Counters.h"
#include "lib/CAPI/Session.h"
#include "lib/Target/JIT/JIT.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

using namespace rdattn;

extern "C" rdattn_status rdattn_compile_text(const char *text, size_t size,
                                             const char *name,
                                             const char *target,
                                             rdattn_module **module) {
  if (!text || !name || !module)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "text, name and module must not be NULL");
  *module = nullptr;
  llvm::Expected<TargetKind> kind = capi::targetOf(target);
  if (!kind)
    return capi::fail(RDATTN_INVALID_ARGUMENT, kind.takeError());
  capi::Session session(name);
  auto source = session.parse({text, size}, name);
  if (!source ||
      failed(session.lower(*source, Level::LLVM, capi::optionsFor(*kind))))
    return session.fail();
  llvm::Expected<rdattn_module *> loaded = loadModule(*source);
  if (!loaded)
    return capi::fail(RDATTN_COMPILE_ERROR, loaded.takeError());
  capi::countCompilation();
  if (rdattn_module_size(*loaded) == 0) {
    rdattn_module_close(*loaded);
    std::string message =
        (llvm::StringRef(name) +
         ": no public function takes (q, k, v[, scale]) and returns (o[, lse]) "
         "as tensors [batch, tokens, heads, head_dim], so there is nothing to "
         "run")
            .str();
    return rdattn_fail(RDATTN_COMPILE_ERROR, message.c_str());
  }
  *module = *loaded;
  return RDATTN_OK;
}
