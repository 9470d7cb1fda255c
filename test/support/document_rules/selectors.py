"""Selectors: the JSON paths that outputs and properties are read by."""

import re

from botocore.model import Shape

PART = re.compile(r"\.(?P<name>\w+)|\['(?P<quoted>[^']+)'\]|\[(?P<index>\d+)\]|(?P<all>\[\*\]|\[\?\(.+?\)\])")
TYPES = {
    "string": "String",
    "timestamp": "String",
    "integer": "Integer",
    "long": "Integer",
    "boolean": "Boolean",
    "structure": "StringMap",
    "map": "StringMap",
}
LISTS = {"String": "StringList", "StringMap": "MapList"}


class NothingThere(Exception):
    """Why a selector finds nothing."""


def parts_of(selector: str) -> list[re.Match[str]]:
    if not isinstance(selector, str) or not selector.startswith("$"):
        raise NothingThere("expected a path that starts with $")
    parts, at = [], 1
    while at < len(selector):
        part = PART.match(selector, at)
        if part is None:
            raise NothingThere(f"{selector[at:]!r} is no path")
        parts.append(part)
        at = part.end()
    return parts


def type_at(shape: Shape | None, selector: str) -> str | None:
    """The type of an output that a selector reads from an answer; None where outputs have no such type.

    @raise NothingThere
    """
    many = False
    for part in parts_of(selector):
        if shape is None:
            raise NothingThere("the answer is empty")
        shape = inside(shape, part)
        many = many or part["all"] is not None
    kind = type_of(shape)
    return LISTS.get(kind or "") if many else kind


def inside(shape: Shape, part: re.Match[str]) -> Shape:
    if part["index"] is not None or part["all"] is not None:
        if shape.type_name != "list":
            raise NothingThere(f"{shape.name} is no list")
        return shape.member
    name = part["name"] or part["quoted"]
    if shape.type_name == "map":
        return shape.value
    if shape.type_name == "structure" and name in shape.members:
        return shape.members[name]
    raise NothingThere(f"{shape.name} has no {name}")


def type_of(shape: Shape | None) -> str | None:
    if shape is not None and shape.type_name == "list":
        return LISTS.get(TYPES.get(shape.member.type_name, ""))
    return TYPES.get(shape.type_name) if shape is not None else "StringMap"
