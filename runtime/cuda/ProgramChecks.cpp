//===- ProgramChecks.cpp - Checks of a module's CUDA code -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/ProgramChecks.h"
#include "runtime/cuda/Images.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static constexpr int64_t kMostThreads = 1024;
static constexpr int64_t kWarp = 32;
static constexpr int64_t kMostBoxRows = 256; // of a tensor map
static constexpr int64_t kMostSharedBytes = int64_t(1) << 30;

/// The roles that a launch has something for.
static const char *rolesOf(int64_t epilogue, int64_t kind) {
  if (kind >= RDATTN_KERNEL_PACK_VECTORS)
    return "kvKVi";
  if (kind == RDATTN_KERNEL_FINISH)
    return "AXYol";
  return epilogue == RDATTN_EPILOGUE_RING ? "qkvolsircmAXY" : "qkvolsirpcmPS";
}

/// What is wrong with a kernel's roles, or nothing.
static std::string checkRoles(const std::string &roles, const char *known) {
  for (size_t i = 0; i < roles.size(); ++i) {
    const std::string role(1, roles[i]);
    if (!std::strchr(known, roles[i]))
      return sentence("has an unknown parameter role '", role, "'");
    if (roles.find(roles[i], i + 1) != roles.npos)
      return sentence("has the parameter role '", role, "' twice");
  }
  return {};
}

/// What is wrong with a kernel, or nothing.
static std::string checkKernel(const rdattn_cuda_program &program,
                               const rdattn_cuda_kernel &kernel) {
  if (!kernel.roles)
    return "has no parameter roles";
  if (kernel.kind < 0 || kernel.kind >= kKernelKinds)
    return sentence("has an unknown kind ", kernel.kind);
  if (kernel.threads <= 0 || kernel.threads > kMostThreads ||
      kernel.threads % kWarp != 0)
    return sentence("has ", kernel.threads,
                    " threads, but must have a "
                    "multiple of ",
                    kWarp, " up to ", kMostThreads);
  if (kernel.shared_bytes < 0 || kernel.shared_bytes > kMostSharedBytes)
    return sentence("has ", kernel.shared_bytes, " bytes of shared memory");
  return checkRoles(kernel.roles, rolesOf(program.epilogue, kernel.kind));
}

/// What is wrong with the tile that the kernel works on, or nothing.
static std::string checkTile(const rdattn_cuda_program &program,
                             const rdattn_cuda_kernel &kernel) {
  if (!std::strchr(kernel.roles, RDATTN_KERNEL_ROLE_MAPS))
    return {};
  for (int64_t rows : {program.queries, program.keys})
    if (rows <= 0 || rows > kMostBoxRows)
      return sentence("takes tensor maps of ", rows,
                      " rows, but they have 1 "
                      "to ",
                      kMostBoxRows);
  return {};
}

/// Of kernels that pack, one serves all tensors.
static MaybeFailure checkPacks(bool isRing, unsigned kinds) {
  constexpr unsigned kVectors = 1u << RDATTN_KERNEL_PACK_VECTORS;
  constexpr unsigned kElements = 1u << RDATTN_KERNEL_PACK_ELEMENTS;
  if (!isRing || kinds & ~(kVectors | kElements))
    return badModule("the module has a kernel that packs what a ring sends, "
                     "which must have the program of a ring for itself");
  if (!(kinds & kElements))
    return badModule("the module has no kernel that packs tensors of any "
                     "alignment");
  return std::nullopt;
}

/// That a program has the kernels that its epilogue needs, and no others.
static MaybeFailure checkKinds(const rdattn_cuda_program &program,
                               unsigned kinds) {
  constexpr unsigned kMerge = 1u << RDATTN_KERNEL_MERGE;
  constexpr unsigned kFinish = 1u << RDATTN_KERNEL_FINISH;
  const bool isRing = program.epilogue == RDATTN_EPILOGUE_RING;
  const bool merges = program.epilogue != RDATTN_EPILOGUE_STORE && !isRing;
  if (kinds >> RDATTN_KERNEL_PACK_VECTORS)
    return checkPacks(isRing, kinds);
  if (kinds & kFinish && (!isRing || kinds != kFinish))
    return badModule("the module has a kernel that finishes a ring's results, "
                     "which must be alone in its program");
  if (!(kinds & ~kMerge))
    return badModule("the module has no attention kernel");
  if (merges != bool(kinds & kMerge))
    return badModule(merges ? "the module writes partial results, but has no "
                              "kernel that merges them"
                            : "the module has a kernel that merges partial "
                              "results, but writes none");
  return std::nullopt;
}

static MaybeFailure checkKernels(const rdattn_cuda_program &program) {
  unsigned kinds = 0;
  for (uint64_t i = 0; i < program.kernel_count; ++i) {
    const rdattn_cuda_kernel &kernel = program.kernels[i];
    if (!kernel.name)
      return badModule("kernel ", i, " of the module has no name");
    std::string wrong = checkKernel(program, kernel);
    if (wrong.empty())
      wrong = checkTile(program, kernel);
    if (wrong.empty() && (kinds >> kernel.kind & 1))
      wrong = "is the second of its kind";
    if (!wrong.empty())
      return badModule("kernel '", kernel.name, "' of the module ", wrong);
    kinds |= 1u << kernel.kind;
  }
  return checkKinds(program, kinds);
}

static MaybeFailure checkImages(const rdattn_cuda_program &program) {
  for (uint64_t i = 0; i < program.image_count; ++i) {
    const rdattn_cuda_image &image = program.images[i];
    ImageTarget target;
    if (!image.target || !parseTarget(image.target, target))
      return badModule("the module has code for '",
                       image.target ? image.target : "",
                       "', but a target is such as sm_90a or compute_80");
    if (!image.data || image.size == 0)
      return badModule("the module's code for ", image.target, " is empty");
  }
  return std::nullopt;
}

MaybeFailure
rdattn::runtime::cuda::checkProgram(const rdattn_cuda_program &program) {
  if (program.dtype < RDATTN_FLOAT32 || program.dtype > RDATTN_BFLOAT16)
    return badModule("the module's kernels have an unknown dtype ",
                     program.dtype);
  if (program.epilogue < RDATTN_EPILOGUE_STORE ||
      program.epilogue > RDATTN_EPILOGUE_RING)
    return badModule("the module's kernels have an unknown epilogue ",
                     program.epilogue);
  if (MaybeFailure failure = checkImages(program))
    return failure;
  return checkKernels(program);
}
