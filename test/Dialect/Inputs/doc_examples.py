"""Makes a module of every ```mlir example in the .td files it is given.

What an example uses without defining becomes an argument of a function around
it, so that the documentation is what the parser and the verifiers accept.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
DEFINITION = re.compile(
    r"^def (?:RDAttn|RDTile)_\w+\s*:\s*"
    r"(?:RDAttn_Op|RDAttn_StepOp|RDAttn_Attr|RDAttn_Type|AttrDef"
    r"|RDTile_Op|RDTile_BarrierOp|RDTile_Type|RDTile_Shaped)<",
    re.MULTILINE,
)
# What an example defines: results, and arguments of blocks.
OWN = re.compile(r"^\s*(%[^=\n]*) = |^\s*\^bb0\(([^)]*)\)", re.MULTILINE)
# Operands of rdtile whose type is always the same, so that no example has it.
WORDS = "batch first head i id map parity residue row stage step stride token"
TILE_TYPES = dict.fromkeys(WORDS.split(), "i32") | {
    "maps": "!rdtile.maps",
    "scale": "f32",
}


def lse_type(o):
    """The type of the lse that belongs to the type of an o."""
    b, s, h, _ = re.findall(r"[\d?]+(?=x)", o)
    return f"tensor<{b}x{h}x{s}xf32>"


def operand_types(example):
    """The type of each value, as far as the example's own types tell."""
    types = dict.fromkeys(("%b", "%s", "%h", "%g"), "index")
    types |= {"%scale": "f32", "%step": "index", "%transfer": "!rdattn.transfer"}
    types["%schedule"] = "!rdattn.ring_schedule"
    for names, listed in re.findall(r"\(([^()]*) : ([^()]*)\)", example):
        names = names.split(", ")
        listed = re.findall(r"(?:tensor|memref|!rdattn\.ring)<[^>]*>", listed)
        shared = listed * len(names) if len(listed) == 1 else listed
        types.update(zip(names, shared, strict=False))
    trailing = re.findall(r"tensor<[^>]*>", example.split(" : ")[-1])
    if trailing:
        for name in ("%q", "%k", "%v", "%o0", "%o1"):
            types.setdefault(name, trailing[0])
        for name in ("%lse0", "%lse1"):
            if name in example and name not in types:
                types[name] = lse_type(types["%o0"])
    return types


def tile_types(example, values):
    """The same for an example of rdtile, which lists its types in order."""
    header = example.partition(" {")[0]
    listed, _, result = header.partition(" : ")[2].partition(" ->")
    listed = re.findall(r"!?[\w.]+(?:<[^<>]*>)?", listed)
    types = {value: TILE_TYPES.get(value[1:]) for value in values}
    unknown = [value for value in values if not types[value]]
    types.update(zip(unknown, listed, strict=False))
    # What a product is added to has the result's columns.
    if added := re.search(r" into (%\w+)", header):
        types[added[1]] = result.strip().replace("pending", "accumulator")
    return types


def in_function(example, number):
    """The example inside a function whose arguments are what it lacks.

    Symbols that it names become GPU modules that are code already.
    """
    own = {v for names in OWN.findall(example) for v in re.findall(r"%\w+", "".join(names))}
    used = [v for v in dict.fromkeys(re.findall(r"%\w+", example)) if v not in own]
    types = tile_types(example, used) if "rdtile." in example else operand_types(example)
    arguments = ", ".join(f"{value}: {types[value]}" for value in used)
    symbols = "".join(
        f'gpu.binary {name} [#gpu.object<#nvvm.target, "">]\n'
        for name in re.findall(r"@\w+", example)
    )
    return f"{symbols}func.func @example{number}({arguments}) {{\n{example}return\n}}"


def as_type(example, number):
    """An alias and a function that takes it."""
    alias = example.split()[0]
    return f"{example}func.func private @example{number}({alias})"


def as_attribute(example, number):
    """An alias and a function that carries it."""
    alias = example.split()[0]
    return f"{example}func.func private @example{number}() attributes {{a = {alias}}}"


def modules(text):
    """A module for each example of a file; every definition must have one."""
    blocks = BLOCK.findall(text)
    missing = len(DEFINITION.findall(text)) - len(blocks)
    if missing:
        sys.exit(f"{missing} definitions have no example")
    makers = {"#": as_attribute, "!": as_type}
    for number, block in enumerate(map(str.lstrip, blocks)):
        yield makers.get(block[0], in_function)(block, number)


texts = [Path(path).read_text(encoding="utf-8") for path in sys.argv[1:]]
print("\n// -----\n".join(module for text in texts for module in modules(text)))
