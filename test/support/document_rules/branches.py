"""Branches and approvals: choices compare what they can, and as many approve as there may be."""

from collections.abc import Iterator
from typing import Any

from document_rules.references import REFERENCE, substituted, types_of

OPERATORS = {
    "StringEquals": str,
    "EqualsIgnoreCase": str,
    "StartsWith": str,
    "EndsWith": str,
    "Contains": str,
    "BooleanEquals": bool,
    "NumericEquals": int,
    "NumericGreater": int,
    "NumericLesser": int,
    "NumericGreaterOrEquals": int,
    "NumericLesserOrEquals": int,
}
MAX_APPROVERS = 10


def problems(document: dict[str, Any]) -> Iterator[str]:
    types = types_of(document)
    for step in document["mainSteps"]:
        if step["action"] == "aws:branch":
            for choice in step["inputs"].get("Choices", []):
                terms = {name: value for name, value in choice.items() if name != "NextStep"}
                yield from (f"{step['name']}: {sentence}" for sentence in choice_problems(terms))
        if step["action"] == "aws:approve":
            yield from (
                f"{step['name']}: {sentence}"
                for sentence in approval_problems(substituted(step["inputs"], types))
            )


def choice_problems(terms: dict[str, Any]) -> Iterator[str]:
    if terms.keys() & {"And", "Or", "Not"}:
        (name, inner), *others = terms.items()
        if others:
            yield f"a choice holds {', '.join(terms)}; expected {name} alone"
        for entry in inner if isinstance(inner, list) else [inner]:
            yield from choice_problems(entry)
        return
    operators = sorted(terms.keys() - {"Variable"})
    if len(operators) != 1 or operators[0] not in OPERATORS:
        compared = ", ".join(operators) or "nothing"
        yield f"a choice compares by {compared}; expected one of {', '.join(OPERATORS)}"
    elif not isinstance(terms[operators[0]], OPERATORS[operators[0]]):
        yield f"{operators[0]} compares with {terms[operators[0]]!r}"
    if not REFERENCE.fullmatch(str(terms.get("Variable"))):
        yield f"Variable is {terms.get('Variable')!r}; expected a reference"


def approval_problems(inputs: dict[str, Any]) -> Iterator[str]:
    approvers = inputs.get("Approvers", [])
    if not isinstance(approvers, list) or not 1 <= len(approvers) <= MAX_APPROVERS:
        yield f"Approvers is {approvers!r}; expected a list of 1 to {MAX_APPROVERS}"
    if not isinstance(inputs.get("MinRequiredApprovals", 1), int):
        yield "MinRequiredApprovals is no number"
