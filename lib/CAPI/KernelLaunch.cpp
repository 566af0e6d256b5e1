//===- KernelLaunch.cpp - A kernel at the launch level --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/KernelLaunch.h"

#include "lib/Target/AttentionFunction/AttentionFunction.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace rdattn;

static Type elementType(MLIRContext *context, rdattn_dtype dtype) {
  switch (dtype) {
  case RDATTN_FLOAT16:
    return Float16Type::get(context);
  case RDATTN_BFLOAT16:
    return BFloat16Type::get(context);
  case RDATTN_FLOAT32:
    return Float32Type::get(context);
  }
  return {};
}

static OwningOpRef<ModuleOp>
buildAttention(MLIRContext *context, const rdattn_kernel_options &options,
               const capi::KernelRequest &request) {
  AttentionOptions attention;
  attention.element = elementType(context, options.dtype);
  attention.headDim = options.head_dim;
  attention.valueDim = options.value_dim;
  attention.causal = options.causal;
  attention.takesScale = true;
  attention.returnsLse = options.return_lse;
  if (request.layout)
    attention.ring = static_cast<Layout>(*request.layout);
  return buildAttentionFunction(attention, request.pattern);
}

std::string capi::print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

/// Takes what belongs to the pattern off the kernel: its plan's words.
static std::vector<int64_t> takePlanSpec(ModuleOp module) {
  auto function = *module.getOps<func::FuncOp>().begin();
  auto words = function->getAttrOfType<DenseI64ArrayAttr>("rdattn.plan_spec");
  std::vector<int64_t> spec(words.asArrayRef());
  function->removeAttr("rdattn.plan_spec");
  function->removeAttr("rdattn.definition");
  return spec;
}

rdattn_status capi::lowerToLaunch(Session &session,
                                  const rdattn_kernel_options &options,
                                  const KernelRequest &request,
                                  KernelLaunch &launch) {
  auto built = buildAttention(&session.context(), options, request);
  launch.source = print(*built);
  // Read again, so that a rule that is broken is reported and not asserted.
  launch.module = session.parse(launch.source, "attention");
  if (!launch.module ||
      failed(session.lower(*launch.module, Level::Launch, request.lowering)))
    return session.fail();
  launch.planWords = takePlanSpec(*launch.module);
  return RDATTN_OK;
}
