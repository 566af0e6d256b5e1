//===- Kernel.cpp - The kernel's parameters and its scratch memory --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

Kernel::Kernel(LaunchOp launch)
    : q(launch.getQ()), k(launch.getK()), v(launch.getV()),
      scale(launch.getScale()), items(launch.getItems()),
      rowList(launch.getRows()), phases(launch.getPhases()), o(launch.getO()),
      lse(launch.getLse()), causal(launch.getCausal()),
      gathered(launch.getGathered()), windowed(launch.getWindowed()),
      isolated(launch.getIsolated()), epilogue(launch.getEpilogue()),
      schedule(cast<CPUScheduleAttr>(launch.getSchedule())) {
  setSizes();
}

/// A step adds to partial results, which are merged as those of branches are.
Kernel::Kernel(RingLaunchOp launch)
    : q(launch.getInputs()[0]), k(launch.getInputs()[1]),
      v(launch.getInputs()[2]), scale(launch.getScale()),
      items(launch.getItems()), rowList(launch.getLists()),
      phases(launch.getPhases()), o(launch.getO()), lse(launch.getLse()),
      gathered(true), ring(true), epilogue(Epilogue::Merge),
      schedule(cast<CPUScheduleAttr>(launch.getSchedule())) {
  setSizes();
}

void Kernel::setSizes() {
  headDim = cast<ShapedType>(q.getType()).getDimSize(3);
  valueDim = cast<ShapedType>(v.getType()).getDimSize(3);
  width = schedule.getLanes() * schedule.getVectors();
  blocks = schedule.getQueries() / width;
  block = VectorType::get({width}, Float32Type::get(schedule.getContext()));
}

namespace {
/// Places buffers one after another, each on its own cache lines.
class Carver {
public:
  Carver(const Kernel &kernel, Emitter *b, Value memory)
      : b(b), memory(memory), context(kernel.schedule.getContext()) {}

  Value floats(ArrayRef<int64_t> shape) {
    return place(shape, Float32Type::get(context));
  }
  Value integers(ArrayRef<int64_t> shape) {
    return place(shape, IntegerType::get(context, 32));
  }
  int64_t size() const { return offset; }

private:
  Value place(ArrayRef<int64_t> shape, Type element) {
    auto type = MemRefType::get(shape, element);
    int64_t start = offset;
    offset += llvm::alignTo(type.getNumElements() * 4, 64);
    if (!b)
      return {};
    return memref::ViewOp::create(*b, type, memory, b->index(start),
                                  ValueRange());
  }

  Emitter *b;
  Value memory;
  MLIRContext *context;
  int64_t offset = 0;
};
} // namespace

static Scratch carve(Carver &carver, const Kernel &kernel) {
  int64_t keys = kernel.schedule.getKeys(), lanes = kernel.schedule.getLanes();
  // Rows are transposed in squares of `lanes`.
  int64_t headDim = llvm::alignTo(kernel.headDim, lanes);
  int64_t valueDim = llvm::alignTo(kernel.valueDim, lanes);
  Scratch scratch;
  scratch.rows = carver.floats({lanes, std::max(headDim, valueDim)});
  scratch.queries = carver.floats({kernel.blocks, headDim, kernel.width});
  scratch.outputs = carver.floats({kernel.blocks, valueDim, kernel.width});
  scratch.maxima = carver.floats({kernel.blocks, kernel.width});
  scratch.sums = carver.floats({kernel.blocks, kernel.width});
  scratch.queryTokens = carver.integers({kernel.blocks, kernel.width});
  scratch.queryOrdinals = carver.integers({kernel.blocks, kernel.width});
  scratch.keys = carver.floats({keys, kernel.headDim});
  scratch.values = carver.floats({keys, kernel.valueDim});
  scratch.keyOrdinals = carver.integers({keys});
  scratch.scores = carver.floats({keys, kernel.width});
  if (kernel.merges())
    scratch.merges = carver.floats({kMergeParts, lanes});
  if (kernel.ring) {
    scratch.queryPositions = carver.integers({kernel.blocks, kernel.width});
    scratch.keyPositions = carver.integers({keys});
  }
  return scratch;
}

static constexpr int64_t kMaxScratchBytes = int64_t(1) << 40;

LogicalResult cpu::checkScratch(Operation *launch, const Kernel &kernel) {
  CPUScheduleAttr schedule = kernel.schedule;
  // As floats: what is near the limit is far from any real schedule.
  double rows = double(schedule.getQueries()) + double(schedule.getKeys());
  double width = double(schedule.getLanes()) * double(schedule.getVectors());
  double columns = double(kernel.headDim) + double(kernel.valueDim) + width;
  if (4 * (rows + width) * columns <= double(kMaxScratchBytes))
    return success();
  return launch->emitOpError("needs more than 1 TiB of scratch for each thread "
                             "with queries = ")
         << schedule.getQueries() << ", keys = " << schedule.getKeys()
         << ", D = " << kernel.headDim << " and Dv = " << kernel.valueDim
         << "; make them smaller";
}

int64_t cpu::scratchBytes(const Kernel &kernel) {
  Carver carver(kernel, nullptr, {});
  carve(carver, kernel);
  return carver.size();
}

Scratch cpu::carveScratch(Emitter &b, const Kernel &kernel, Value memory) {
  Carver carver(kernel, &b, memory);
  return carve(carver, kernel);
}

Value cpu::extend(Emitter &b, Value part) {
  Type f32 = b.getF32Type();
  if (auto vector = dyn_cast<VectorType>(part.getType()))
    f32 = vector.clone(f32);
  if (part.getType() == f32)
    return part;
  return arith::ExtFOp::create(b, f32, part);
}

Value cpu::truncate(Emitter &b, Value part, Type element) {
  Type type = element;
  if (auto vector = dyn_cast<VectorType>(part.getType()))
    type = vector.clone(element);
  if (part.getType() == type)
    return part;
  return arith::TruncFOp::create(b, type, part);
}
