"""The lit tests: each folder mirrors a folder of the sources."""

import os

import lit.formats

config.name = "rdattn"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["unit", "python", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.rdattn_binary_dir, "test")

tools = [os.path.join(config.rdattn_binary_dir, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join(tools + [os.environ["PATH"]])
config.substitutions += [
    ("%python", config.python),
    ("%source", config.rdattn_source_dir),
]
# LLVM itself is not sanitized, and does not keep what poisons its allocators.
config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0:detect_container_overflow=0"
