"""A rule changed by a hair: one comparison, number, connective, condition, answer or step at a time.

Sentences are left alone: a test that repeats them shows nothing.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

SIGNS = """Lt < <= >=, LtE <= < >, Gt > >= <=, GtE >= > <, Eq == !=, NotEq != ==, In in not_in, NotIn not_in in, Is is is_not,
IsNot is_not is, And and or, Or or and, Add + -, Sub - +, Mult * /, Div / *, FloorDiv // *, Mod % *, BitOr | &, BitAnd & |,
RShift >> <<, LShift << >>"""
OPERATORS = {name: (sign, others) for name, sign, *others in map(str.split, SIGNS.split(","))}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One change: the file, its whole new text, and the lines before and after."""

    path: Path
    text: bytes
    number: int
    line: str
    becomes: str


def mutants(path: Path) -> list[Mutant]:
    text = path.read_bytes()
    starts = [0, *(row.end() for row in re.finditer(b"\n", text))]

    def span(node) -> tuple[int, int]:
        return starts[node.lineno - 1] + node.col_offset, starts[
            node.end_lineno - 1
        ] + node.end_col_offset

    def made(start: int, end: int, new: str) -> Mutant:
        first, last = text.rfind(b"\n", 0, start) + 1, text.index(b"\n", end)
        before, after = text[first:last], text[first:start] + new.encode() + text[end:last]
        line, becomes = (" ".join(each.decode().split()) for each in (before, after))
        return Mutant(
            path, text[:first] + after + text[last:], text.count(b"\n", 0, start) + 1, line, becomes
        )

    tree = ast.parse(text)
    declared = [
        getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns")
    ]
    types = {id(part) for each in declared if each for part in ast.walk(each)}
    found = {
        made(*change)
        for node in ast.walk(tree)
        if id(node) not in types
        for change in changes(node, span, text)
    }
    return sorted(found, key=lambda each: (each.number, each.becomes))


def changes(node, span, text: bytes):
    """(start, end, new text) for everything that is changed at a node of the tree."""
    match node:
        case ast.Compare(left, operators, right):
            yield from between([left, *right], operators, span, text)
        case ast.BoolOp(operator, values):
            yield from between(values, [operator] * len(values), span, text)
        case ast.BinOp(left, operator, right):
            yield from between([left, right], [operator], span, text)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield span(node)[0], span(operand)[0], ""
        case ast.Constant(bool() as value):
            yield *span(node), str(not value)
        case ast.Constant(int() as value):
            yield from ((*span(node), str(value + by)) for by in (1, -1))
        case ast.Call(ast.Name(name) as called) if name in NAMES:
            yield *span(called), NAMES[name]
        case ast.Return(ast.expr() as value) if ast.unparse(value) != "None":
            yield *span(value), "None"
        case (
            ast.Return(None)
            | ast.Continue()
            | ast.Break()
            | ast.Raise()
            | ast.AugAssign()
            | ast.Expr(ast.Call() | ast.Yield())
        ):
            yield *span(node), "pass"
        case ast.Assign([ast.Name(name)], value) if any(
            getattr(part, "id", None) == name for part in ast.walk(value)
        ):
            yield *span(node), "pass"
    for test in getattr(node, "ifs", None) or [getattr(node, "test", None)]:
        if test and not isinstance(test, ast.UnaryOp | ast.Compare):  # those are turned round above
            yield *span(test), f"(not ({text[slice(*span(test))].decode()}))"


def between(operands, operators, span, text: bytes):
    for before, operator, after in zip(operands, operators, operands[1:], strict=False):
        sign, others = OPERATORS[type(operator).__name__]
        gap = slice(span(before)[1], span(after)[0])
        here = next(re.finditer(re.escape(sign).replace("_", r"\s+").encode(), text[gap]))
        yield from (
            (gap.start + here.start(), gap.start + here.end(), other.replace("_", " "))
            for other in others
        )
