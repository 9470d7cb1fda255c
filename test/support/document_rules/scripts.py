"""Scripts: Automation can run them, and the handler gets what it reads and gives what is selected."""

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any

from document_rules import clients

RUNTIMES = ("python3.8", "python3.9", "python3.10", "python3.11")
PACKAGES = {"boto3", "botocore"} | sys.stdlib_module_names


def problems(document: dict[str, Any]) -> Iterator[str]:
    for step in document["mainSteps"]:
        if step["action"] == "aws:executeScript":
            yield from (f"{step['name']}: {sentence}" for sentence in script_problems(step))


def script_problems(step: dict[str, Any]) -> Iterator[str]:
    inputs = step["inputs"]
    script = inputs.get("Script", "")
    if inputs.get("Runtime") not in RUNTIMES:
        yield f"Runtime is {inputs.get('Runtime')!r}; expected one of {', '.join(RUNTIMES)}"
    if "{{" in script:
        yield "the Script holds {{, which is pasted in as text: pass values by InputPayload"
    try:
        tree = ast.parse(script)
    except SyntaxError as error:
        yield f"the Script does not compile: {error.msg} in line {error.lineno}"
        return
    for name in sorted(imported(tree) - PACKAGES):
        yield f"the Script imports {name}, which is not there when it runs"
    yield from clients.problems(tree)
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
        selector = str(output.get("Selector"))
        key = re.match(r"\$\.Payload(?:\.(\w+))?", selector)
        if key is None:
            yield f"{selector} does not select from $.Payload"
        elif key[1] is not None and key[1] not in words:
            yield f"{selector} selects {key[1]!r}, which the handler does not give"


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
