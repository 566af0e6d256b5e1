"""Small damage to texts and bytes."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable, Sequence

NUMBERS = (
    "0", "1", "-1", "2", "3", "7", "255", "65537", "2147483647", "2147483648", "4294967296",
    "99999999999", "1099511627776", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551616", "0.5", "1e39", "-0.0",
    "0x7FC00000", "?",
)  # fmt: skip
_KEYWORDS = (
    ("f32", "f16", "bf16", "f64", "i32"),
    ("contiguous", "strided", "gathered"),
    ("store", "fill", "merge"),
    ("plain", "longest_first"),
    ("causal", "causal gathered", "windowed", "gathered", "isolated", "partial", ""),
    ("repeat", "per_head", "repeat per_head", "detach_mixing", ""),
    ("dilation", "window", "stride", "length"),
    ("identity", "hilbert", "hilbert<8x8>", "hilbert<1x64>", "hilbert<63x3>"),
    ("true", "false", "null", "[]", "{}", '"all"', '"per_head"', '"hilbert"', "[8, 8]"),
)
"""Words of which one may stand where another does."""

_ADDITIONS = (
    " dilation {}", " window {}", " order hilbert", " order hilbert<{}x{}>", " stride {}",
    " runs {} by {}", " times {} every {}", " times ? every {}", ", {}", " repeat", " per_head",
)  # fmt: skip
"""What may follow a number of a pattern or of a class."""

_BODY = re.compile(
    r"(?:pattern|classes) \[[^:]*|schedule\([^)]*\)|dense<[^>]*>|<\[.*?\]>|\{.*", re.S
)
_TOKEN = re.compile(r"[A-Za-z_][\w.$]*|%\w+|-?\d+(?:\.\d+)?|\s+|->|::|.", re.DOTALL)
_NUMBER = re.compile(r"(?<![%\w.])-?\d+|(?<=[x<])\d+")
_OPENING = "[({<"


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _flip_bytes(rng: random.Random, text: str, _: Sequence[str]) -> str:
    data = bytearray(text.encode("utf-8", "surrogateescape"))
    for _i in range(rng.randint(1, 3)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data.decode("utf-8", "surrogateescape")


def _change_numbers(rng: random.Random, text: str, _: Sequence[str]) -> str:
    places = list(_NUMBER.finditer(text))
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, 2))), key=_end)[::-1]:
        old = int(place.group())
        near = (old + rng.choice((-1, 1)), old * 2, old * 1000, -old)
        new = str(rng.choice(near)) if rng.random() < 0.4 else rng.choice(NUMBERS)
        text = text[: place.start()] + new + text[place.end() :]
    return text


def _small(rng: random.Random) -> str:
    return str(rng.choice((0, 1, 2, 3, 4, 7, 8, 16, 24, 40, 41, 64, rng.randint(0, 100))))


def _number(rng: random.Random) -> str:
    return _small(rng) if rng.random() < 0.8 else rng.choice(NUMBERS)


def _change_body(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Numbers of a pattern, a class, a schedule or a table."""
    body = rng.choice(list(_BODY.finditer(text)) or [re.search("", text)])
    assert body
    places = [p for p in _NUMBER.finditer(text) if body.start() <= p.start() < body.end()]
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, 3))), key=_end)[::-1]:
        new = _number(rng)
        text = text[: place.start()] + new + text[place.end() :]
    return text


def _change_everywhere(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """One number, wherever it stands: types still agree."""
    places = list(_NUMBER.finditer(text))
    if not places:
        return text
    old, new = rng.choice(places).group(), _number(rng)
    return re.sub(_NUMBER, lambda place: new if place.group() == old else place.group(), text)


def _change_keyword(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """One word for another of its kind; a type everywhere, others in one place."""
    kinds = [kind for kind in _KEYWORDS if any(word and word in text for word in kind)]
    if not kinds:
        return text
    kind = rng.choice(kinds)
    old = rng.choice([word for word in kind if word and word in text])
    places = [p.span() for p in re.finditer(re.escape(old), text)]
    if "f32" in kind:
        return text.replace(old, rng.choice(kind))
    start, end = rng.choice(places)
    return text[:start] + rng.choice(kind) + text[end:]


def _add(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A property after a number of a pattern or of a class."""
    bodies = [b for b in _BODY.finditer(text) if b.group().startswith(("pattern", "classes", "<["))]
    if not bodies:
        return text
    body = rng.choice(bodies)
    ends = [body.start() + p.end() for p in re.finditer(r"\d+(?=[ ,\]])", body.group())]
    if not ends:
        return text
    at = rng.choice(ends)
    addition = re.sub(r"\{\}", lambda _: _number(rng), rng.choice(_ADDITIONS))
    return text[:at] + addition + text[at:]


def _end(place: re.Match[str]) -> int:
    return place.end()


def _swap_tokens(rng: random.Random, text: str, _: Sequence[str]) -> str:
    words = tokens(text)
    i, j = rng.randrange(len(words)), rng.randrange(len(words))
    words[i], words[j] = words[j], words[i]
    return "".join(words)


def _drop_tokens(rng: random.Random, text: str, _: Sequence[str]) -> str:
    words = tokens(text)
    at = rng.randrange(len(words))
    del words[at : at + rng.choice((1, 1, 2, 5))]
    return "".join(words)


def _repeat_tokens(rng: random.Random, text: str, _: Sequence[str]) -> str:
    words = tokens(text)
    at, count = rng.randrange(len(words)), rng.choice((1, 3, 10))
    words[at:at] = words[at : at + count] * rng.choice((1, 1, 2, 300))
    return "".join(words)


def _take_token(rng: random.Random, text: str, corpus: Sequence[str]) -> str:
    words, others = tokens(text), tokens(rng.choice(corpus))
    words[rng.randrange(len(words))] = rng.choice(others)
    return "".join(words)


def _take_lines(rng: random.Random, text: str, corpus: Sequence[str]) -> str:
    lines, others = text.splitlines(), rng.choice(corpus).splitlines() or [""]
    at, first = rng.randrange(len(lines) or 1), rng.randrange(len(others))
    lines[at : at + rng.randint(0, 2)] = others[first : first + rng.randint(1, 3)]
    return "\n".join(lines)


def _nest(rng: random.Random, text: str, _: Sequence[str]) -> str:
    at = rng.randrange(len(text) + 1)
    depth = rng.choice((3, 100, 2000))
    return text[:at] + rng.choice(_OPENING) * depth + text[at:]


def _truncate(rng: random.Random, text: str, _: Sequence[str]) -> str:
    return text[: rng.randrange(len(text) + 1)]


_TextMutation = Callable[[random.Random, str, Sequence[str]], str]
_TEXT: tuple[_TextMutation, ...] = (
    _change_body,
    _change_everywhere,
    _change_keyword,
    _add,
    _flip_bytes,
    _change_numbers,
    _swap_tokens,
    _drop_tokens,
    _repeat_tokens,
    _take_token,
    _take_lines,
    _nest,
    _truncate,
)
_TEXT_WEIGHTS = (12, 6, 4, 6, 1, 3, 1, 1, 0.7, 2, 1, 0.3, 0.3)


def text(rng: random.Random, original: str, corpus: Sequence[str]) -> str:
    """``original`` with one to three changes, some of them taken from ``corpus``."""
    changed = original
    for mutation in rng.choices(_TEXT, _TEXT_WEIGHTS, k=rng.choice((1, 1, 2, 3))):
        if changed:
            changed = mutation(rng, changed, corpus)
    # MLIR's parser makes room for as many results as a name asks for: %0#2147483647.
    return re.sub(r"#(\d{4})\d+", r"#\1", changed)


def _flip_bits(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _flip_at_the_ends(rng: random.Random, data: bytearray) -> None:
    at = rng.randrange(min(128, len(data)))
    data[at if rng.random() < 0.5 else -1 - at] = rng.randrange(256)


def _put_integer(rng: random.Random, data: bytearray) -> None:
    value = rng.choice((0, 1, 2**31, 2**32, 2**62, 2**63, 2**64 - 1, rng.getrandbits(64)))
    at = rng.randrange(max(1, min(len(data), 64) - 7))
    at = at if rng.random() < 0.4 else max(0, len(data) - 8 - 8 * rng.randrange(4))
    data[at : at + 8] = struct.pack("<Q", value)


def _cut(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def _extend(rng: random.Random, data: bytearray) -> None:
    data += rng.randbytes(rng.choice((1, 7, 64)))


def _clear(rng: random.Random, data: bytearray) -> None:
    at = rng.randrange(len(data))
    size = min(rng.choice((4, 64, 4096)), len(data) - at)
    data[at : at + size] = bytes([rng.choice((0, 255))]) * size


_BYTES: tuple[Callable[[random.Random, bytearray], None], ...] = (
    _flip_bits,
    _flip_at_the_ends,
    _put_integer,
    _cut,
    _extend,
    _clear,
)


def binary(rng: random.Random, original: bytes) -> bytes:
    """``original`` with one or two changes."""
    data = bytearray(original)
    for mutation in rng.choices(_BYTES, k=rng.choice((1, 1, 2))):
        if data:
            mutation(rng, data)
    return bytes(data)
