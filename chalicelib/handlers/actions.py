"""Actions: what a person may do to a contract, a row each. The JSON doors are made of the rows."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from chalice import Blueprint

from chalicelib.errors import NotFound
from chalicelib.flows.post import act
from chalicelib.flows.views import desk
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Shape
from chalicelib.rules import calendar

CONTRACT = {"type": "object", "required": ["id", "status", "gates", "waits_for", "next"]}


class OneOf(Shape):
    """One shape of several: a part of the path says which."""

    def __init__(
        self,
        name: str,
        part: str,
        noun: str,
        shapes: dict[str, Shape],
        hidden: tuple[str, ...] = (),
    ):
        """`noun` is what people call the part; `hidden` shapes are read but not described."""
        super().__init__(name)
        self.part, self.noun, self.shapes, self.hidden = part, noun, shapes, hidden

    def shape_for(self, parts: dict[str, str]) -> Shape:
        """The shape that the path names. Raises NotFound."""
        key = parts[self.part]
        if key not in self.shapes:
            known = "、".join(self.shapes)
            raise NotFound(f"「{key[:20]}」という{self.noun}はありません。{self.noun}: {known}")
        return self.shapes[key]

    def _schema(self) -> dict:
        return {
            "oneOf": [
                shape.schema() | {"title": f"{self.part}s/{key}"}
                for key, shape in self.shapes.items()
                if key not in self.hidden
            ]
        }


class Action(NamedTuple):
    """One thing that may be done to a contract.

    `path` stands below `/v1/contracts/{contract}`. The story is called as
    `story(change, **parts, **fields)`: the parts of the path under their own
    names, and every field of the shape, None where it was not sent.
    """

    name: str
    method: str
    path: str
    summary: str
    story: Callable[..., object]
    fields: Shape | None = None
    among: OneOf | None = None  # a part of the path must be one of these
    role: str = "office"
    check: Callable[..., object] | None = None  # (house, **fields): what needs no contract

    def read(self, body: Any, parts: dict[str, str]) -> dict[str, Any]:
        """What the story is called with beside the change. Raises NotFound and Invalid."""
        if self.among:
            self.among.shape_for(parts)
        if self.fields is None:
            return parts
        shape = self.fields
        if isinstance(shape, OneOf):
            shape = shape.shape_for(parts)
        return parts | shape.read(body)


ACTIONS: dict[str, Action] = {}  # every action by its name


def open_actions(routes: Blueprint, actions: Iterable[Action]) -> None:
    """Open the JSON door of each action; its answer is the contract as it stands then."""
    for action in actions:
        ACTIONS[action.name] = action
        open_door = api(
            routes,
            action.method,
            "/v1/contracts/{contract}" + action.path,
            action.summary,
            role=action.role,
            takes=action.fields,
            read_body=False,
            gives=CONTRACT,
        )
        open_door(_door(action))


def _door(action: Action) -> Callable[..., dict]:
    """What the JSON door of an action does; it has the action's name."""

    def change(visit: Visit, contract: str, **parts: str) -> dict:
        given = action.read(visit.body, parts)
        if action.check:
            action.check(visit.house, **given)
        story = partial(action.story, **given)
        changed = act.on_contract(visit.house, contract, visit.now, visit.key.owner, story)
        return desk.view(changed, visit.house, calendar.day_of(visit.now))

    change.__name__ = action.name
    return change
