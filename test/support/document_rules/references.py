"""References, `{{ … }}`: each is to something that is there by then."""

import re
from collections.abc import Iterator
from typing import Any

from document_rules import flow
from document_rules.parameters import output_type

REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
GLOBALS = {f"global:{name}" for name in ("ACCOUNT_ID", "DATE", "DATE_TIME", "REGION", "AWS_PARTITION")} | {
    "automation:EXECUTION_ID"
}
# What steps give without declaring it.
BUILT_IN = {
    "aws:executeScript": {"Payload": "StringMap", "OutputPayload": "StringMap"},
    "aws:approve": {"ApprovalStatus": "String", "ApproverDecisions": "StringMap"},
}


def outputs_of(step: dict[str, Any]) -> dict[str, str]:
    """The types of a step's outputs, by name."""
    declared = {
        output["Name"]: output["Type"]
        for output in step.get("outputs", [])
        if isinstance(output, dict) and {"Name", "Type"} <= output.keys()
    }
    return BUILT_IN.get(step["action"], {}) | declared


def types_of(document: dict[str, Any]) -> dict[str, str]:
    """The type of all that a document can refer to."""
    named = {
        name: output_type(parameter)
        for name, parameter in document.get("parameters", {}).items()
        if isinstance(parameter, dict)
    }
    given = {
        f"{step['name']}.{name}": kind
        for step in document["mainSteps"]
        for name, kind in outputs_of(step).items()
    }
    return dict.fromkeys(GLOBALS, "String") | named | given


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def problems(document: dict[str, Any]) -> Iterator[str]:
    types = types_of(document)
    before = steps_before(document)
    for member in ("description", "assumeRole", "parameters"):
        yield from place_problems("document", document.get(member, ""), types, set())
    for step in document["mainSteps"]:
        inputs = {name: value for name, value in step["inputs"].items() if name != "Script"}
        yield from place_problems(step["name"], {**step, "inputs": inputs}, types, before[step["name"]])
    for output in document.get("outputs", []):
        if not isinstance(output, str) or "." not in output or output not in types:
            yield f"document: outputs names {output!r}, and no step has such an output"


def steps_before(document: dict[str, Any]) -> dict[str, set[str]]:
    """For each step those that have succeeded before it on every path: others have given no outputs."""
    graph = flow.graph_of(document)
    first = document["mainSteps"][0]["name"]
    before: dict[str, set[str]] = {name: set() for name in graph}
    for step in document["mainSteps"]:
        without_success = {**graph, step["name"]: flow.after_failure(step, graph)}
        for later in flow.reached(graph, first) - flow.reached(without_success, first) - {first}:
            before[later].add(step["name"])
    return before


def place_problems(place: str, value: Any, types: dict[str, str], before: set[str]) -> Iterator[str]:
    for text in texts_in(value):
        if "{{" in REFERENCE.sub("", text) or "}}" in REFERENCE.sub("", text):
            yield f"{place}: the braces of {text!r} are no reference"
        for name in REFERENCE.findall(text):
            step, dot, _ = name.partition(".")
            if name not in types:
                yield f"{place}: {{{{ {name} }}}} refers to nothing that is declared"
            elif dot and step not in before:
                yield f"{place}: {{{{ {name} }}}} refers to a step that has not always succeeded by then"


class Text(str):
    """A text that is not known before the document runs."""


STAND_INS = {
    "String": Text("reference"),
    "StringList": [Text("reference")],
    "Integer": 1,
    "Boolean": True,
    "StringMap": {},
    "MapList": [{}],
}


def substituted(value: Any, types: dict[str, str]) -> Any:
    """A value with something of its type for each reference: a text where it is but a part of one."""
    if isinstance(value, dict):
        return {name: substituted(inner, types) for name, inner in value.items()}
    if isinstance(value, list):
        return [substituted(inner, types) for inner in value]
    if not isinstance(value, str) or "{{" not in value:
        return value
    alone = REFERENCE.fullmatch(value)
    return STAND_INS[types.get(alone[1], "String")] if alone else Text(value)
