"""Finds what is wrong with the calls and scripts of Automation documents, by the models of botocore.

Reads files of documents, in JSON or YAML, that the interpreter in test/support/automation takes: their form is right. Writes a line for each
problem, and exits with 1 if there is any.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import yaml
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
SERVICES = set(SESSION.get_available_services())
PACKAGES = {"boto3", "botocore"} | sys.stdlib_module_names
OF_ACTION = {"Service", "Api", "PropertySelector", "DesiredValues"}
OTHER_METHODS = {"get_paginator", "get_waiter", "can_paginate", "close", "exceptions", "meta"}
EXAMPLES = {"StringList": ["reference"], "Integer": 1}

Functions = dict[str, ast.FunctionDef]
Names = dict[str, str]


def problems(document: dict[str, Any]) -> Iterator[str]:
    types = {f"{{{{ {name} }}}}": parameter["type"] for name, parameter in document.get("parameters", {}).items()}
    for step in document["mainSteps"]:
        if "Service" in step["inputs"]:
            found = api_problems(step["inputs"], types)
        else:
            found = script_problems(step) if "Script" in step["inputs"] else ()
        yield from (f"{step['name']}: {sentence}" for sentence in found)


def api_problems(inputs: dict[str, Any], types: dict[str, str]) -> Iterator[str]:
    """Service, operation, arguments and the property that is looked at are those of a model."""
    model = SESSION.get_service_model(inputs["Service"])
    api = inputs["Api"]
    if api not in model.operation_names:
        yield f"service {inputs['Service']} has no operation {api!r}"
        return
    operation = model.operation_model(api)
    given = {name: with_examples(value, types) for name, value in inputs.items() if name not in OF_ACTION}
    report = ParamValidator().validate(given, operation.input_shape)
    if report.has_errors():
        yield f"{api}: " + report.generate_report().replace("\n", "; ")
    yield from (f"{api}: {sentence}" for sentence in enum_problems(operation.input_shape, given))
    shape = operation.output_shape
    for name in inputs.get("PropertySelector", "$").split(".")[1:]:
        if shape.type_name != "structure" or name not in shape.members:
            yield f"{inputs['PropertySelector']} finds nothing in the answer of {api}: {shape.name} has no {name}"
            return
        shape = shape.members[name]


def with_examples(value: Any, types: dict[str, str]) -> Any:
    """A value with an example for each reference to a list or a number."""
    if isinstance(value, dict):
        return {name: with_examples(inner, types) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_examples(inner, types) for inner in value]
    return EXAMPLES.get(types.get(value, ""), value) if isinstance(value, str) else value


def enum_problems(shape: Shape, value: Any) -> Iterator[str]:
    """botocore's own validator leaves enumerations out."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from enum_problems(shape.members[name], value[name])
    elif shape.type_name == "list" and isinstance(value, list):
        for entry in value:
            yield from enum_problems(shape.member, entry)
    elif shape.type_name == "string" and shape.enum and "{{" not in str(value) and value not in shape.enum:
        yield f"{value!r} is none of {', '.join(shape.enum)}"


def script_problems(step: dict[str, Any]) -> Iterator[str]:
    inputs = step["inputs"]
    try:
        tree = ast.parse(inputs["Script"])
    except SyntaxError as error:
        yield f"the Script does not compile: {error.msg} in line {error.lineno}"
        return
    for name in sorted(imported(tree) - PACKAGES):
        yield f"the Script imports {name}, which is not there when it runs"
    yield from client_problems(tree)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    handler = functions.get(inputs.get("Handler"))
    if handler is None:
        yield f"the Script defines no function {inputs.get('Handler')!r}, which Handler names"
    elif len(handler.args.args) != 2:
        yield f"the handler takes {len(handler.args.args)} arguments; expected events and context"
    else:
        yield from payload_problems(step, handler, functions)


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or "").partition(".")[0])
    return names


def payload_problems(
    step: dict[str, Any], handler: ast.FunctionDef, functions: dict[str, ast.FunctionDef]
) -> Iterator[str]:
    used = used_by(handler, functions)
    passed = step["inputs"].get("InputPayload", {})
    for name in sorted(read_from(handler.args.args[0].arg, used) - passed.keys()):
        yield f"the handler reads {name!r}, which InputPayload does not hold"
    words = {
        node.value
        for function in used
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    words |= {
        node.arg
        for function in used
        for node in ast.walk(function)
        if isinstance(node, ast.keyword) and node.arg
    }
    for name in sorted(passed.keys() - words):
        yield f"InputPayload holds {name!r}, which the handler does not read"
    for output in step.get("outputs", []):
        key = output["Selector"].split(".")[2]
        if key not in words:
            yield f"{output['Selector']} selects {key!r}, which the handler does not give"


def used_by(handler: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """A handler and the functions of its script that it leads to."""
    used = [handler]
    for function in used:
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        used += [functions[name] for name in sorted(names & functions.keys()) if functions[name] not in used]
    return used


def read_from(events: str, used: list[ast.FunctionDef]) -> set[str]:
    """What is read by name from the events, also by functions that are given them under the same name."""
    return {
        node.slice.value
        for function in used
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == events
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def client_problems(tree: ast.Module) -> Iterator[str]:
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    outer = clients_in([node for node in tree.body if not isinstance(node, ast.FunctionDef)], functions, {})
    for scope in [tree, *functions.values()]:
        body = (
            [node for node in tree.body if not isinstance(node, ast.FunctionDef)]
            if scope is tree
            else [scope]
        )
        clients = outer if scope is tree else clients_in(body, functions, outer)
        for node in (inner for part in body for inner in ast.walk(part)):
            if isinstance(node, ast.Call):
                yield from named_service_problems(node)
                if isinstance(node.func, ast.Attribute):
                    service = service_of(node.func.value, functions, clients)
                    if service in SERVICES:
                        yield from call_problems(node, node.func.attr, service)


def clients_in(body: list[ast.stmt], functions: Functions, outer: Names) -> Names:
    """The services of variables that hold a client."""
    found = dict(outer)
    for node in (inner for part in body for inner in ast.walk(part)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            service = service_of(node.value, functions, found)
            if service is None:
                found.pop(node.targets[0].id, None)
            else:
                found[node.targets[0].id] = service
    return found


def service_of(
    value: ast.expr, functions: Functions, clients: Names, texts: Names | None = None
) -> str | None:
    """The service of a client: a variable's, one made here, or one made by a function of the script."""
    if isinstance(value, ast.Name):
        return clients.get(value.id)
    if not isinstance(value, ast.Call):
        return None
    if is_boto3_client(value):
        return text_of(value.args[0], texts or {}) if value.args else None
    function = functions.get(value.func.id) if isinstance(value.func, ast.Name) else None
    if function is None:
        return None
    given = {
        parameter.arg: text
        for parameter, argument in zip(function.args.args, value.args)
        if (text := text_of(argument, texts or {})) is not None
    }
    rest = {name: inner for name, inner in functions.items() if inner is not function}
    made = [
        node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None
    ]
    services = {service_of(inner, rest, {}, given) for inner in made}
    return services.pop() if len(services) == 1 else None


def is_boto3_client(call: ast.Call) -> bool:
    func = call.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "client"
        and isinstance(func.value, ast.Name)
        and func.value.id == "boto3"
    )


def text_of(value: ast.expr, texts: Names) -> str | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return texts.get(value.id) if isinstance(value, ast.Name) else None


def named_service_problems(call: ast.Call) -> Iterator[str]:
    service = text_of(call.args[0], {}) if is_boto3_client(call) and call.args else None
    if service is not None and service not in SERVICES:
        yield f"the Script makes a client of {service!r}, and there is no such service"


def call_problems(call: ast.Call, method: str, service: str) -> Iterator[str]:
    model = SESSION.get_service_model(service)
    operations = {xform_name(name): name for name in model.operation_names}
    if method in operations:
        operation = model.operation_model(operations[method])
        yield from (f"{service}.{method} {sentence}" for sentence in argument_problems(call, operation))
    elif method not in OTHER_METHODS:
        yield f"the Script calls {method} of a client of {service}, which has no such method"
    elif method == "get_paginator" and text_of(call.args[0], {}) not in operations:
        pages = ast.unparse(call.args[0])
        yield f"the Script asks {service} for pages of {pages}, and there is no such method"


def argument_problems(call: ast.Call, operation: OperationModel) -> Iterator[str]:
    members = operation.input_shape.members if operation.input_shape else {}
    required = operation.input_shape.required_members if operation.input_shape else []
    given = {keyword.arg for keyword in call.keywords}
    if call.args:
        yield "takes its arguments by name only"
    for name in sorted(name for name in given if name is not None and name not in members):
        yield f"has no argument {name}"
    for name in required:
        if name not in given and None not in given:
            yield f"needs the argument {name}"


def main(paths: list[str]) -> int:
    wrong = [
        f"{Path(path).stem}: {problem}" for path in paths for problem in problems(yaml.safe_load(Path(path).read_bytes()))
    ]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong or not paths else 0


sys.exit(main(sys.argv[1:]))
