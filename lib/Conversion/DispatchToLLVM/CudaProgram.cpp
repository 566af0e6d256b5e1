//===- CudaProgram.cpp - Kernels as data of a module ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/DispatchToLLVM/CudaProgram.h"

#include "lib/Conversion/HostCode/CallRuntime.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

#include "rdattn/module.h"

using namespace mlir;
using namespace rdattn;

static_assert(int(KernelKind::Map) == RDATTN_KERNEL_MAP &&
              int(KernelKind::Rows) == RDATTN_KERNEL_ROWS &&
              int(KernelKind::Elements) == RDATTN_KERNEL_ELEMENTS &&
              int(KernelKind::Merge) == RDATTN_KERNEL_MERGE &&
              int(KernelKind::Finish) == RDATTN_KERNEL_FINISH &&
              int(KernelKind::PackVectors) == RDATTN_KERNEL_PACK_VECTORS &&
              int(KernelKind::PackElements) == RDATTN_KERNEL_PACK_ELEMENTS);
static_assert(int(Epilogue::Store) == RDATTN_EPILOGUE_STORE &&
              int(Epilogue::Fill) == RDATTN_EPILOGUE_FILL &&
              int(Epilogue::Merge) == RDATTN_EPILOGUE_MERGE);

/// What cuModuleLoadData reads at once is aligned for any ELF header.
static constexpr unsigned kImageAlignment = 64;

CudaPrograms::CudaPrograms(ModuleOp module) : module(module), b(module) {}

/// True of the formats that the driver does not take.
static bool isNoCode(Attribute object) {
  gpu::CompilationTarget format = cast<gpu::ObjectAttr>(object).getFormat();
  return format != gpu::CompilationTarget::Assembly &&
         format != gpu::CompilationTarget::Binary;
}

/// An rdattn_cuda_image, which holds one kernel or all. The NUL behind PTX is
/// not part of its size.
Value CudaPrograms::image(gpu::ObjectAttr object) {
  auto target = cast<NVVM::NVVMTargetAttr>(object.getTarget());
  bool isText = object.getFormat() == gpu::CompilationTarget::Assembly;
  std::string data = object.getObject().str();
  int64_t size = data.size();
  std::string name = target.getChip().str();
  if (isText) {
    data.push_back('\0');
    name = "compute_" + StringRef(name).drop_front(strlen("sm_")).str();
  }
  auto kernel = object.getProperties()
                    ? object.getProperties().getAs<StringAttr>("kernel")
                    : StringAttr();
  return b.structure(
      {b.string(name), b.bytes("rdattn_image", data, kImageAlignment),
       b.integer(size), b.string(kernel ? kernel.getValue() : StringRef())});
}

LLVM::GlobalOp CudaPrograms::imagesOf(gpu::BinaryOp binary) {
  LLVM::GlobalOp &global = images[binary];
  ArrayRef<Attribute> objects = binary.getObjects().getValue();
  if (!global)
    global = b.arrayGlobal("rdattn_images", objects.size(), [&](size_t index) {
      return image(cast<gpu::ObjectAttr>(objects[index]));
    });
  return global;
}

/// An rdattn_cuda_kernel.
Value CudaPrograms::kernel(KernelAttr kernel) {
  return b.structure(
      {b.string(kernel.getFunction()), b.string(kernel.getRoles()),
       b.integer(int64_t(kernel.getKind())), b.integer(kernel.getThreads()),
       b.integer(kernel.getShared())});
}

FailureOr<LLVM::GlobalOp> CudaPrograms::programOf(const Contents &contents) {
  auto binary = module.lookupSymbol<gpu::BinaryOp>(contents.module);
  if (!binary)
    return contents.op->emitOpError()
           << "runs kernels of @" << contents.module
           << ", which are not code yet: serialise them first";
  if (llvm::any_of(binary.getObjects(), isNoCode))
    return contents.op->emitOpError()
           << "runs kernels of @" << contents.module
           << ", whose objects must be PTX (assembly) or cubins (bin)";
  LLVM::GlobalOp code = imagesOf(binary);
  ArrayRef<Attribute> kernels = contents.kernels;
  auto program = [&] {
    Value table = b.array("rdattn_kernels", kernels.size(), [&](size_t index) {
      return kernel(cast<KernelAttr>(kernels[index]));
    });
    return b.structure(
        {b.integer(dtypeOf(contents.element)), b.integer(contents.headDim),
         b.integer(contents.valueDim), b.integer(contents.epilogue),
         b.integer(binary.getObjects().size()), b.addressOf(code),
         b.integer(kernels.size()), table, b.integer(contents.queries),
         b.integer(contents.keys)});
  };
  return b.internal("rdattn_program", program);
}

FailureOr<LLVM::GlobalOp> CudaPrograms::programOf(DispatchOp dispatch) {
  MemRefType q = dispatch.getQ().getType(), v = dispatch.getV().getType();
  return programOf(
      Contents{dispatch, dispatch.getModule(), dispatch.getKernels().getValue(),
               q.getElementType(), q.getDimSize(3), v.getDimSize(3),
               int64_t(dispatch.getEpilogue()), int64_t(dispatch.getQueries()),
               int64_t(dispatch.getKeys())});
}

FailureOr<LLVM::GlobalOp>
CudaPrograms::sharedProgram(const Contents &contents) {
  LLVM::GlobalOp &program = ringPrograms[module.lookupSymbol(contents.module)];
  if (program)
    return program;
  auto made = programOf(contents);
  if (succeeded(made))
    program = *made;
  return made;
}

FailureOr<LLVM::GlobalOp> CudaPrograms::programOf(RingDispatchOp dispatch) {
  MemRefType q = dispatch.getQ().getType(), v = dispatch.getV().getType();
  return sharedProgram(
      Contents{dispatch, dispatch.getModule(), dispatch.getKernels().getValue(),
               q.getElementType(), q.getDimSize(3), v.getDimSize(3),
               RDATTN_EPILOGUE_RING, int64_t(dispatch.getQueries()),
               int64_t(dispatch.getKeys())});
}

/// It has no tiles.
FailureOr<LLVM::GlobalOp> CudaPrograms::programOf(RingPostDispatchOp post) {
  MemRefType k = post.getK().getType(), v = post.getV().getType();
  return sharedProgram(
      Contents{post, post.getModule(), post.getKernels().getValue(),
               k.getElementType(), k.getDimSize(3), v.getDimSize(3),
               RDATTN_EPILOGUE_RING, /*queries=*/1, /*keys=*/1});
}

/// Nor has it.
FailureOr<LLVM::GlobalOp> CudaPrograms::programOf(RingFinishDispatchOp finish) {
  MemRefType o = finish.getO().getType();
  Attribute kernel = finish.getKernelAttr();
  return programOf(Contents{finish, finish.getModule(), kernel,
                            o.getElementType(), o.getDimSize(3),
                            o.getDimSize(3), RDATTN_EPILOGUE_RING,
                            /*queries=*/1, /*keys=*/1});
}
