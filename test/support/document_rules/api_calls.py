"""Steps that call an API: service, operation and members are those of botocore's models."""

from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

from document_rules import selectors
from document_rules.layout import ACTIONS, PROPERTY_INPUTS
from document_rules.references import Text, substituted, types_of

SESSION = botocore.session.get_session()
SERVICES = set(SESSION.get_available_services())


def problems(document: dict[str, Any]) -> Iterator[str]:
    types = types_of(document)
    for step in document["mainSteps"]:
        if step["action"] in ACTIONS and "Service" in ACTIONS[step["action"]][0]:
            yield from (f"{step['name']}: {sentence}" for sentence in call_problems(step, types))


def call_problems(step: dict[str, Any], types: dict[str, str]) -> Iterator[str]:
    service, api = step["inputs"].get("Service"), step["inputs"].get("Api")
    if service not in SERVICES:
        yield f"there is no service {service!r}"
        return
    model = SESSION.get_service_model(service)
    if api not in model.operation_names:
        yield f"service {service} has no operation {api!r}"
        return
    operation = model.operation_model(api)
    of_action = PROPERTY_INPUTS if "PropertySelector" in ACTIONS[step["action"]][0] else {"Service", "Api"}
    given = substituted(
        {name: value for name, value in step["inputs"].items() if name not in of_action}, types
    )
    yield from (f"{api}: {sentence}" for sentence in argument_problems(operation, given))
    yield from selector_problems(step, operation)


def argument_problems(operation: OperationModel, given: dict[str, Any]) -> Iterator[str]:
    shape = operation.input_shape
    if shape is None:
        if given:
            yield f"takes no arguments, and got {', '.join(given)}"
        return
    report = ParamValidator().validate(given, shape)
    if report.has_errors():
        yield report.generate_report().replace("\n", "; ")
    yield from enum_problems(shape, given)


def enum_problems(shape: Shape, value: Any) -> Iterator[str]:
    """botocore's own validator leaves enumerations out."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from enum_problems(shape.members[name], value[name])
    elif shape.type_name == "list" and isinstance(value, list):
        for entry in value:
            yield from enum_problems(shape.member, entry)
    elif (
        shape.type_name == "string" and shape.enum and not isinstance(value, Text) and value not in shape.enum
    ):
        yield f"{value!r} is none of {', '.join(shape.enum)}"


def selector_problems(step: dict[str, Any], operation: OperationModel) -> Iterator[str]:
    selected = [
        (output.get("Selector"), output.get("Type"))
        for output in step.get("outputs", [])
        if isinstance(output, dict)
    ]
    if "PropertySelector" in step["inputs"]:
        selected.append((step["inputs"]["PropertySelector"], None))
    for selector, declared in selected:
        try:
            kind = selectors.type_at(operation.output_shape, selector)
        except selectors.NothingThere as error:
            yield f"{selector} finds nothing in the answer of {operation.name}: {error}"
            continue
        if declared is not None and kind is not None and kind != declared:
            yield f"{selector} is a {kind} in the answer of {operation.name}, not a {declared}"
    values = step["inputs"].get("DesiredValues", [""])
    if not isinstance(values, list) or not values:
        yield "DesiredValues is no list of values"
