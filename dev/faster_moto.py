"""Slow places of moto, done faster with the same results.

A test of a contract of some months spent two thirds of its time in them (moto 5.2).
"""

import gc
from typing import Any

from moto import backend_index
from moto.core import serialize
from moto.core.config import default_user_config
from moto.dynamodb.models.dynamo_type import Item

_project = Item.project
_structure = serialize.ResponseSerializer._serialize_type_structure
OURS = ("dynamodb", "ses", "sesv2", "sqs")


def install() -> None:
    Item.project = _project_names  # type: ignore[method-assign, assignment]
    structures = "_serialize_type_structure"
    setattr(serialize.ResponseSerializer, structures, _serialize_structure)
    # Moto tries the addresses of all services in turn, also with what goes to this machine.
    backend_index.backend_url_patterns.sort(key=lambda pattern: pattern[0] not in OURS)
    default_user_config["core"]["passthrough"]["urls"] = [r"http://127\.0\.0\.1"]


def spare_the_collector() -> None:
    """What was imported and collected stays: the collector need not look at it after each test."""
    gc.collect()
    gc.freeze()


def _project_names(self: Item, paths: list[list[str]]) -> Item:
    """Moto makes the whole item plain once for each name; most paths are names of attributes."""
    names = [path[0] for path in paths]
    if any(len(path) > 1 or "[" in path[0] for path in paths):
        return _project(self, paths)
    projected = Item(self.hash_key, self.range_key, {})
    projected.attrs.update((name, self.attrs[name]) for name in names if name in self.attrs)
    return projected


def _serialize_structure(
    self: serialize.ResponseSerializer, serialized: Any, value: Any, shape: Any, key: str
) -> None:
    """Moto asks of each attribute's value whether it is of each of ten types, by seven names."""
    if shape.name != "AttributeValue" or not key:
        _structure(self, serialized, value, shape, key)
        return
    wrapper: dict[str, Any] = self.MAP_TYPE()
    for member, content in value.items():
        self._serialize(wrapper, content, shape.members[member], member)
    self._default_serialize(serialized, wrapper, shape, key)
