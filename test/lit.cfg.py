"""The lit tests: each folder mirrors a folder of the sources."""

import os
import shutil

import lit.formats

config.name = "rdattn"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["unit", "python", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.rdattn_binary_dir, "test")

tools = [os.path.join(config.rdattn_binary_dir, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join(tools + [os.environ["PATH"]])
# A C program that uses the runtime: %cc program.c %runtime -o program.
include = os.path.join(config.rdattn_source_dir, "runtime", "include")
lib = os.path.join(config.rdattn_binary_dir, "lib")
sanitizers = " -fsanitize=address,undefined" if config.sanitize == "ON" else ""
config.substitutions += [
    ("%cc", f"{config.cc} -std=c11 -I{include}{sanitizers}"),
    ("%clang", config.cc),
    ("%library", os.path.join(lib, "librdattn_runtime.so")),
    ("%runtime", f"-L{lib} -lrdattn_runtime -Wl,-rpath,{lib} {config.libomp} -lm"),
    ("%tools", os.path.join(config.rdattn_binary_dir, "bin")),
    ("%python", config.python),
    ("%source", config.rdattn_source_dir),
]
# LLVM itself is not sanitized, and does not keep what poisons its allocators.
config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0:detect_container_overflow=0"
# Where rdattn looks for ptxas, which is not needed to build or to test.
cuda = [os.path.join(os.environ.get("CUDA_HOME", ""), "bin"), "/usr/local/cuda/bin"]
if shutil.which("ptxas", path=os.pathsep.join([os.environ["PATH"], *cuda])):
    config.available_features.add("ptxas")
if "CUDA_HOME" in os.environ:
    config.environment["CUDA_HOME"] = os.environ["CUDA_HOME"]
if os.path.exists("/dev/nvidiactl"):
    config.available_features.add("gpu")
