"""How a document is built: its members, those of its steps, names, types of outputs, size."""

import re
from collections.abc import Iterator
from typing import Any

MAX_BYTES = 64 * 1024
MAX_SCRIPT_SECONDS = 600
RESERVED = ("aws", "amazon", "amzn", "AWSEC2", "AWSSupport", "AWSConfigRemediation")
DOCUMENT_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
STEP_NAME = re.compile(r"[a-zA-Z0-9_]{1,128}")
OUTPUT_TYPES = ("String", "StringList", "Integer", "Boolean", "StringMap", "MapList")

MEMBERS = {"schemaVersion", "description", "assumeRole", "parameters", "outputs", "mainSteps"}
STEP_MEMBERS = {
    "name": str,
    "action": str,
    "description": str,
    "inputs": dict,
    "outputs": list,
    "nextStep": str,
    "isEnd": bool,
    "onFailure": str,
    "onCancel": str,
    "isCritical": bool,
    "timeoutSeconds": int,
    "maxAttempts": int,
}
API_INPUTS = {"Service", "Api"}
PROPERTY_INPUTS = API_INPUTS | {"PropertySelector", "DesiredValues"}
# The inputs that each action demands, and those that it takes besides; None: members of its API.
ACTIONS: dict[str, tuple[set[str], set[str] | None]] = {
    "aws:executeAwsApi": (API_INPUTS, None),
    "aws:waitForAwsResourceProperty": (PROPERTY_INPUTS, None),
    "aws:assertAwsResourceProperty": (PROPERTY_INPUTS, None),
    "aws:executeScript": ({"Runtime", "Handler", "Script"}, {"InputPayload"}),
    "aws:branch": ({"Choices"}, {"Default"}),
    "aws:approve": ({"Approvers"}, {"NotificationArn", "Message", "MinRequiredApprovals"}),
    "aws:sleep": (set(), {"Duration", "Timestamp"}),
}


def breaks(document: Any) -> Iterator[str]:
    """What makes a document unreadable as one."""
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("mainSteps"), list)
        or not document["mainSteps"]
    ):
        yield "document: expected an object with a list of mainSteps"
        return
    if not isinstance(document.get("parameters", {}), dict) or not isinstance(
        document.get("outputs", []), list
    ):
        yield "document: expected parameters as an object and outputs as a list"
    names = set()
    for index, step in enumerate(document["mainSteps"]):
        name = step.get("name") if isinstance(step, dict) else None
        if not isinstance(name, str):
            yield f"document: step {index + 1} has no name"
        elif name in names:
            yield f"{name}: there is more than one step of this name"
        else:
            names.add(name)
            yield from broken_members(step)


def broken_members(step: dict[str, Any]) -> Iterator[str]:
    for member, value in step.items():
        kind = STEP_MEMBERS.get(member)
        if kind is None:
            yield f"{step['name']}: {member} is no member of a step"
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield f"{step['name']}: {member} is not of type {kind.__name__}"
    for member in ("action", "inputs"):
        if member not in step:
            yield f"{step['name']}: {member} is missing"
    yield from broken_inputs(step)


def broken_inputs(step: dict[str, Any]) -> Iterator[str]:
    inputs = step.get("inputs")
    if not isinstance(inputs, dict):
        return
    choices = inputs.get("Choices", [])
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        yield f"{step['name']}: Choices is no list of objects"
    if not isinstance(inputs.get("Script", ""), str) or not isinstance(inputs.get("InputPayload", {}), dict):
        yield f"{step['name']}: expected Script as text and InputPayload as an object"


def size_and_name(name: str, content: bytes) -> Iterator[str]:
    if len(content) > MAX_BYTES:
        yield f"document: has {len(content)} bytes; at most {MAX_BYTES} are taken"
    if not DOCUMENT_NAME.fullmatch(name):
        yield "document: a name has 3 to 128 letters, digits, dots, dashes and underscores"
    for prefix in RESERVED:
        if name.lower().startswith(prefix.lower()):
            yield f"document: names that start with {prefix} are reserved"
            return


def problems(document: dict[str, Any]) -> Iterator[str]:
    for member in sorted(document.keys() - MEMBERS):
        yield f"document: {member} is no member of a document"
    if document.get("schemaVersion") != "0.3":
        yield f"document: schemaVersion is {document.get('schemaVersion')!r}; expected '0.3'"
    if not document.get("description"):
        yield "document: has no description"
    for step in document["mainSteps"]:
        yield from (f"{step['name']}: {sentence}" for sentence in step_problems(step))


def step_problems(step: dict[str, Any]) -> Iterator[str]:
    if not STEP_NAME.fullmatch(step["name"]):
        yield "a name has letters, digits and underscores only"
    if not step.get("description"):
        yield "has no description"
    if step["action"] not in ACTIONS:
        yield f"action {step['action']} is none of {', '.join(ACTIONS)}"
        return
    demanded, taken = ACTIONS[step["action"]]
    for name in sorted(demanded - step["inputs"].keys()):
        yield f"input {name} of {step['action']} is missing"
    if taken is not None:
        for name in sorted(step["inputs"].keys() - demanded - taken):
            yield f"{name} is no input of {step['action']}"
    if step["action"] == "aws:executeScript" and step.get("timeoutSeconds", 0) > MAX_SCRIPT_SECONDS:
        yield f"a script runs {MAX_SCRIPT_SECONDS} seconds at most"
    yield from output_problems(step)


def output_problems(step: dict[str, Any]) -> Iterator[str]:
    names = set()
    for output in step.get("outputs", []):
        if not isinstance(output, dict) or output.keys() != {"Name", "Selector", "Type"}:
            yield "an output has a Name, a Selector and a Type, and nothing else"
            continue
        if output["Type"] not in OUTPUT_TYPES:
            legal = ", ".join(OUTPUT_TYPES)
            yield f"output {output['Name']} is of type {output['Type']}, which is none of {legal}"
        if output["Name"] in names:
            yield f"there is more than one output {output['Name']}"
        names.add(output["Name"])
