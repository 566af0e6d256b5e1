
#include "lib/Conversion/LaunchToRDTile/Kernel.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Pass/Pass.h"
using namespace mlir;
using namespace rdattn::rdtile;
namespace {
struct TestKernel : PassWrapper<TestKernel, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestKernel)
  TestKernel() = default;
  TestKernel(const TestKernel &o) : PassWrapper(o) {}
  StringRef getArgument() const final { return "test-rdtile-kernel"; }
  void getDependentDialects(DialectRegistry &r) const override {
    r.insert<RDTileDialect, gpu::GPUDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect, arith::ArithDialect, NVVM::NVVMDialect, LLVM::LLVMDialect>();
  }
  Option<int64_t> d{*this,"d",llvm::cl::init(128)}, dv{*this,"dv",llvm::cl::init(128)}, keys{*this,"keys",llvm::cl::init(128)}, stages{*this,"stages",llvm::cl::init(2)}, consumers{*this,"consumers",llvm::cl::init(2)}, lanes{*this,"lanes",llvm::cl::init(8)}, access{*this,"access",llvm::cl::init(0)};
  Option<bool> pingpong{*this,"pingpong",llvm::cl::init(false)}, causal{*this,"causal",llvm::cl::init(false)}, gathered{*this,"gathered",llvm::cl::init(false)}, windowed{*this,"windowed",llvm::cl::init(false)}, merges{*this,"merges",llvm::cl::init(false)}, lse{*this,"lse",llvm::cl::init(true)};
  void runOnOperation() override {
    ModuleOp m = getOperation();
    rdattn::I32Builder b(m.getLoc(), &getContext());
    b.setInsertionPointToEnd(m.getBody());
    auto g = gpu::GPUModuleOp::create(b, "kernels");
    b.setInsertionPointToStart(g.getBody());
    KernelKey key{b.getBF16Type(), d, dv, 64 * consumers, keys, stages, consumers, lanes, pingpong, causal, gathered, windowed, merges, lse, Access(int64_t(access))};
    Kernel k(b, key);
    k.build("attention");
    llvm::errs() << "roles " << k.roles() << " shared " << k.sharedBytes() << "\n";
    if (merges) { std::string r; buildMergeKernel(b, key, "merge", r); }
  }
};
}
namespace rdattn { void registerTestKernel() { PassRegistration<TestKernel>(); } }
