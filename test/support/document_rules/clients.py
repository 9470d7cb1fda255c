"""Calls of boto3's clients in a script, as far as they can be recognised.

Methods and arguments are those of botocore's models.
"""

import ast
from collections.abc import Iterator

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel

SESSION = botocore.session.get_session()
SERVICES = set(SESSION.get_available_services())
OTHER_METHODS = {"get_paginator", "get_waiter", "can_paginate", "close", "exceptions", "meta"}

Functions = dict[str, ast.FunctionDef]
Names = dict[str, str]


def problems(tree: ast.Module) -> Iterator[str]:
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
