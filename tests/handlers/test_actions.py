"""Actions: each row's story takes the parts of its path and its fields by their names."""

import inspect
import re

import pytest

import app  # noqa: F401  # the doors are opened with it
from chalicelib.handlers.actions import ACTIONS, Action, OneOf
from chalicelib.handlers.http import DOORS

BELOW = "/v1/contracts/{contract}"


def shapes(action: Action) -> list:
    """Every shape that the action's body may have, or None where it has no body."""
    if isinstance(action.fields, OneOf):
        return list(action.fields.shapes.values())
    return [action.fields]


ROWS = [(action, shape) for action in ACTIONS.values() for shape in shapes(action)]


@pytest.mark.parametrize(("action", "shape"), ROWS, ids=lambda value: getattr(value, "name", ""))
def test_a_story_takes_the_parts_and_fields_of_its_row_by_name(action, shape):
    parts = re.findall(r"{(\w+)}", action.path)
    fields = list(shape.fields) if shape else []
    assert not set(parts) & set(fields)
    inspect.signature(action.story).bind("change", **dict.fromkeys(parts + fields))


def test_every_door_that_changes_a_contract_is_an_action():
    doors = {
        (door.method, door.path)
        for door in DOORS
        if door.path.startswith(BELOW) and door.method != "GET"
    }
    assert {(action.method, BELOW + action.path) for action in ACTIONS.values()} == doors
    assert len(ACTIONS) == len(doors)
