"""A rule changed by a hair: one comparison, number, connective, condition, answer or step each.

Sentences are left alone: a test that repeats them shows nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SIGNS = """Lt < <= >=, LtE <= < >, Gt > >= <=, GtE >= > <, Eq == !=, NotEq != ==,
In in not_in, NotIn not_in in, Is is is_not, IsNot is_not is, And and or, Or or and,
Add + -, Sub - +, Mult * /, Div / *, FloorDiv // *, Mod % *,
BitOr | &, BitAnd & |, BitXor ^ |, RShift >> <<, LShift << >>"""
OPERATORS = {name: (sign, others) for name, sign, *others in map(str.split, SIGNS.split(","))}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
Change = tuple[int, int, str]  # where it starts and ends, and the new text


class Mutant(NamedTuple):
    """One change: the file, its whole new text, and the lines before and after."""

    path: Path
    text: bytes
    number: int
    line: str
    becomes: str


class Source:
    """The text of a file, in which a node of its tree has a place."""

    def __init__(self, path: Path):
        self.path = path
        self.text = path.read_bytes()
        self.starts = [0, *(row.end() for row in re.finditer(b"\n", self.text))]

    def span(self, node) -> tuple[int, int]:
        """The places at which a node starts and ends."""
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[node.end_lineno - 1] + node.end_col_offset
        return start, end

    def mutant(self, start: int, end: int, new: str) -> Mutant:
        """The text with something else between two places."""
        first = self.text.rfind(b"\n", 0, start) + 1
        last = self.text.index(b"\n", end)
        before = self.text[first:last]
        after = self.text[first:start] + new.encode() + self.text[end:last]
        whole = self.text[:first] + after + self.text[last:]
        number = self.text.count(b"\n", 0, start) + 1
        return Mutant(self.path, whole, number, _in_one_line(before), _in_one_line(after))


def _in_one_line(text: bytes) -> str:
    return " ".join(text.decode().split())


def mutants(path: Path) -> list[Mutant]:
    """Every change of a file but those of its types, in the order of its lines."""
    source = Source(path)
    tree = ast.parse(source.text)
    types = _parts_of_types(tree)
    distinct: set[Mutant] = set()
    for node in ast.walk(tree):
        if id(node) not in types:
            distinct.update(source.mutant(*change) for change in changes(node, source))
    return sorted(distinct, key=lambda mutant: (mutant.number, mutant.becomes))


def _parts_of_types(tree: ast.AST) -> set[int]:
    """The identities of the nodes that say a type."""
    parts: set[int] = set()
    for node in ast.walk(tree):
        for declaration in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if declaration:
                parts.update(id(part) for part in ast.walk(declaration))
    return parts


def changes(node, source: Source) -> Iterator[Change]:
    """(start, end, new text) for everything that is changed at a node of the tree."""
    yield from _changes_of_value(node, source)
    yield from _changes_of_step(node, source)
    yield from _changes_of_condition(node, source)


def _changes_of_value(node, source: Source) -> Iterator[Change]:
    span = source.span
    match node:
        case ast.Compare(left, operators, right):
            yield from between([left, *right], operators, source)
        case ast.BoolOp(operator, values):
            yield from between(values, [operator] * len(values), source)
        case ast.BinOp(left, operator, right):
            yield from between([left, right], [operator], source)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield span(node)[0], span(operand)[0], ""
        case ast.Constant(bool() as value):
            yield *span(node), str(not value)
        case ast.Constant(int() as value):
            yield *span(node), str(value + 1)
            yield *span(node), str(value - 1)
        case ast.Call(ast.Name(name) as function) if name in NAMES:
            yield *span(function), NAMES[name]


def _changes_of_step(node, source: Source) -> Iterator[Change]:
    span = source.span
    match node:
        case ast.Return(ast.expr() as value) if ast.unparse(value) != "None":
            yield *span(value), "None"
        case ast.Return(None) | ast.Continue() | ast.Break() | ast.Raise() | ast.AugAssign():
            yield *span(node), "pass"
        case ast.Expr(ast.Call() | ast.Yield()):
            yield *span(node), "pass"
        case ast.Assign([ast.Name(name)], value) if _mentions(value, name):
            yield *span(node), "pass"


def _mentions(value: ast.expr, name: str) -> bool:
    return any(getattr(part, "id", None) == name for part in ast.walk(value))


def _changes_of_condition(node, source: Source) -> Iterator[Change]:
    """A condition turned round, unless it is one of those that change as values."""
    for test in getattr(node, "ifs", None) or [getattr(node, "test", None)]:
        if test and not isinstance(test, ast.UnaryOp | ast.Compare):
            start, end = source.span(test)
            yield start, end, f"(not ({source.text[start:end].decode()}))"


def between(operands: list, operators: list, source: Source) -> Iterator[Change]:
    """Every other operator for each that stands between two operands."""
    for before, operator, after in zip(operands, operators, operands[1:], strict=False):
        sign, others = OPERATORS[type(operator).__name__]
        pattern = re.escape(sign).replace("_", r"\s+").encode()
        end_of_before, start_of_after = source.span(before)[1], source.span(after)[0]
        place = next(re.finditer(pattern, source.text[end_of_before:start_of_after]))
        for other in others:
            new = other.replace("_", " ")
            yield end_of_before + place.start(), end_of_before + place.end(), new
