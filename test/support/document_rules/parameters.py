"""Parameters: what they may be is held by a pattern or a list, they are described, and their defaults fit."""

import re
from collections.abc import Iterator
from typing import Any

MAX_CHARS = 512
MEMBERS = {
    "type",
    "description",
    "default",
    "allowedValues",
    "allowedPattern",
    "minItems",
    "maxItems",
    "minChars",
    "maxChars",
    "displayType",
}
PYTHON_TYPES = {
    "String": str,
    "StringList": list,
    "Integer": int,
    "Boolean": bool,
    "StringMap": dict,
    "MapList": list,
}
RESOURCE_TYPE = re.compile(r"(List<)?AWS::\w+::\w+(::\w+)?>?")


def output_type(parameter: dict[str, Any]) -> str:
    """The type that a reference to a parameter has: that of a resource is text, or a list of texts."""
    kind = parameter.get("type", "String")
    if kind in PYTHON_TYPES:
        return kind
    return "StringList" if kind.startswith("List<") else "String"


def problems(document: dict[str, Any]) -> Iterator[str]:
    for name, parameter in document.get("parameters", {}).items():
        place = f"parameter {name}"
        if not isinstance(parameter, dict):
            yield f"{place}: expected an object"
            continue
        yield from (f"{place}: {sentence}" for sentence in parameter_problems(parameter))


def parameter_problems(parameter: dict[str, Any]) -> Iterator[str]:
    for member in sorted(parameter.keys() - MEMBERS):
        yield f"{member} is no member of a parameter"
    kind = parameter.get("type")
    if not isinstance(kind, str) or (kind not in PYTHON_TYPES and not RESOURCE_TYPE.fullmatch(kind)):
        yield f"type {kind!r} is not known"
        return
    if not parameter.get("description"):
        yield "has no description"
    if (
        output_type(parameter) == "String"
        and not parameter.get("allowedPattern")
        and not parameter.get("allowedValues")
    ):
        yield "takes any text: give it an allowedPattern or allowedValues"
    if "allowedPattern" in parameter:
        try:
            re.compile(parameter["allowedPattern"])
        except (re.error, TypeError) as error:
            yield f"allowedPattern does not compile: {error}"
            return
    yield from default_problems(parameter)


def default_problems(parameter: dict[str, Any]) -> Iterator[str]:
    if "default" not in parameter:
        return
    default = parameter["default"]
    kind = PYTHON_TYPES[output_type(parameter)]
    if not isinstance(default, kind) or (kind is int and isinstance(default, bool)):
        yield f"default {default!r} is not of type {parameter['type']}"
        return
    for entry in default if isinstance(default, list) else [default]:
        if isinstance(entry, str) and not 1 <= len(entry) <= MAX_CHARS:
            yield f"a value has 1 to {MAX_CHARS} characters, the default {len(entry)}"
        if "allowedValues" in parameter and entry not in parameter["allowedValues"]:
            yield f"default {entry!r} is none of the allowedValues"
        if isinstance(entry, str) and not re.search(parameter.get("allowedPattern", ""), entry):
            yield f"default {entry!r} does not match the allowedPattern"
