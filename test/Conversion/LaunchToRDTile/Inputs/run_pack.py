"""Runs the kernels that pack on the CPU, thread by thread, on random tables.

usage: run_pack.py CLANG FOLDER

The kernels are those that rdattn-opt makes of a ring's step, as MLIR; the numbers of
blocks and threads become arguments. What they write is compared with what the columns
of the table mean (lib/Planner/RingPacking.h). Sources lie in memory in any order, with
gaps, and forwards or backwards.
"""

import ctypes
import random
import re
import subprocess
import sys
from pathlib import Path

CLANG, FOLDER = sys.argv[1], Path(sys.argv[2])
THREADS, BLOCKS = 256, 3
LOWERING = [
    "--convert-scf-to-cf",
    "--expand-strided-metadata",
    "--lower-affine",
    "--convert-vector-to-llvm",
    "--finalize-memref-to-llvm",
    "--convert-arith-to-llvm",
    "--convert-index-to-llvm",
    "--convert-func-to-llvm",
    "--convert-cf-to-llvm",
    "--reconcile-unrealized-casts",
]
SCHEDULE = (
    "#rdattn.sm80<queries = 64, keys = 32, stages = 2, warpgroups = 1, order = plain, group = 0>"
)


def tool(*command, text=None):
    ran = subprocess.run(command, input=text, text=True, capture_output=True)
    if ran.returncode:
        sys.exit(ran.stderr)
    return ran.stdout


def step(dtype, head_dim, value_dim):
    """A step of a ring that posts the next one."""
    k, v = f"memref<2x?x4x{head_dim}x{dtype}>", f"memref<2x?x4x{value_dim}x{dtype}>"
    f32, rows = f"memref<2x?x4x{value_dim}xf32>", "memref<2x4x?xf32>"
    return f"""
func.func @step(%schedule: !rdattn.ring_schedule, %i: index, %k: {k}, %v: {v}, %scale: f32,
                %items: memref<?x21xi32>, %list: memref<?xi32>, %p: {f32}, %m: {rows}) {{
  %t = rdattn.ring.post %schedule[%i] of(%k, %v : {k}, {v})
  rdattn.ring.launch ins(%k, %k, %v : {k}, {k}, {v}) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : {f32}, {rows}, {rows}) outs(%v : {v}) schedule({SCHEDULE})
  return
}}"""


def compiled(source, code):
    """The kernels, as functions of a library beside `code`, and their names."""
    module = tool(
        "rdattn-opt", "--convert-rdattn-launch-to-rdtile", "--canonicalize", "--cse", text=source
    )
    kernels = re.search(r"gpu.module @pack_kernels .*?{\n(.*?)\n  }", module, re.DOTALL)[1]
    names = re.findall(r"gpu.func @(\w+)", kernels)
    kernels = re.sub(
        r"gpu.func @(\w+)\((.*?)\) kernel attributes {[^\n]*} {",
        r"func.func @\1(\2, %thread: index, %block: index, %blocks: index) "
        r"attributes {llvm.emit_c_interface} {",
        kernels,
    )
    for op, value in ("thread_id", "thread"), ("block_id", "block"), ("grid_dim", "blocks"):
        kernels = re.sub(rf"gpu.{op} +x[^\n]*", f"arith.maxui %{value}, %{value} : index", kernels)
    kernels = kernels.replace("gpu.return", "return")
    # A CPU would round bf16 on its way through a register.
    for element, bits in ("bf16", 16), ("f16", 16), ("f32", 32):
        kernels = kernels.replace(f"x{element}", f"xi{bits}")
    lowered = tool("mlir-opt", *LOWERING, text=f"module {{\n{kernels}\n}}")
    code.write_text(tool("mlir-translate", "--mlir-to-llvmir", text=lowered))
    tool(
        CLANG,
        "-O1",
        "-w",
        "-shared",
        "-fPIC",
        "-x",
        "ir",
        str(code),
        "-o",
        str(code.with_suffix(".so")),
    )
    return ctypes.CDLL(str(code.with_suffix(".so"))), names


def descriptor(address, sizes, strides):
    return (ctypes.c_int64 * (3 + 2 * len(sizes)))(address, address, 0, *sizes, *strides)


class Source:
    """A tensor of random bytes whose dimensions lie in any order, with gaps."""

    def __init__(self, sizes, size, align):
        order = [0, 1, 2]
        random.shuffle(order)
        self.sizes, self.size, self.strides, elements = sizes, size, [0, 0, 0, 1], sizes[3]
        for d in order:
            self.strides[d] = elements = elements + random.choice([0, align])
            elements *= sizes[d]
        self.bytes = random.randbytes(elements * size + 64)
        self.memory = ctypes.create_string_buffer(self.bytes, len(self.bytes))
        self.first = -ctypes.addressof(self.memory) % 16 + (0 if align > 1 else size)
        if random.random() < 0.3:
            self.first += (sizes[1] - 1) * self.strides[1] * size
            self.strides[1] *= -1
        self.words = descriptor(ctypes.addressof(self.memory) + self.first, sizes, self.strides)

    def row(self, *at):
        begin = (
            self.first + sum(i * s for i, s in zip(at, self.strides[:3], strict=True)) * self.size
        )
        return self.bytes[begin : begin + self.sizes[3] * self.size]


def random_table(tokens, heads):
    items, place = [], 0
    for _ in range(random.choice([0, 1, 5, 60])):
        first, stride = random.randrange(tokens), random.randint(-3, 3) or 1
        reach = (tokens - 1 - first) // stride if stride > 0 else first // -stride
        count, head = random.randint(1, min(reach + 1, 40)), random.randrange(heads)
        some = random.randint(1, heads - head)
        items.append((first, stride, count, head, some, place))
        place += count * some
    random.shuffle(items)
    return items, place


def check(library, name, dtype, columns):
    size = 4 if dtype == "f32" else 2
    align = 16 // size if name == "pack_vectors" else 1
    batches, tokens, heads = random.randint(1, 3), random.randint(1, 90), random.randint(1, 5)
    table, rows = random_table(tokens, heads)
    sources = [Source([batches, tokens, heads, c], size, align) for c in columns]
    packed = [ctypes.create_string_buffer(batches * rows * c * size + 32) for c in columns]
    starts = [-ctypes.addressof(each) % 16 for each in packed]
    targets = [
        descriptor(ctypes.addressof(each) + start, [batches, rows, 1, c], [rows * c, c, c, 1])
        for each, start, c in zip(packed, starts, columns, strict=True)
    ]
    flat = (ctypes.c_int32 * (6 * len(table)))(*(word for item in table for word in item))
    words = descriptor(ctypes.addressof(flat), [len(table), 6], [6, 1])
    arguments = [
        ctypes.byref(each) for each in (sources[0].words, sources[1].words, *targets, words)
    ]
    for block in range(BLOCKS):
        for thread in range(THREADS):
            getattr(library, f"_mlir_ciface_{name}")(
                *arguments, *map(ctypes.c_int64, (thread, block, BLOCKS))
            )
    for source, memory, start, c in zip(sources, packed, starts, columns, strict=True):
        expected = bytearray(batches * rows * c * size)
        for b in range(batches):
            for first, stride, count, head, some, place in table:
                for n in range(count * some):
                    at = (b * rows + place + n) * c * size
                    expected[at : at + c * size] = source.row(
                        b, first + n // some * stride, head + n % some
                    )
        wanted = bytes(start) + bytes(expected) + bytes(32 - start)
        if memory.raw != wanted:
            sys.exit(f"{name} of {dtype} {columns} packs otherwise: {table}")


random.seed(7)
for dtype, *columns in (
    ("bf16", 64, 128),
    ("f16", 40, 8),
    ("f32", 40, 4),
    ("bf16", 6, 5),
    ("f32", 128, 3),
):
    library, names = compiled(step(dtype, *columns), FOLDER / f"{dtype}-{columns}.ll")
    for name in names:
        for _ in range(12):
            check(library, name, dtype, columns)
    print(dtype, *columns, *names)
