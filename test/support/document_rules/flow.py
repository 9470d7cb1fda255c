"""The order of steps: where each goes to, that each is reached, and that every path ends."""

from collections.abc import Iterator
from typing import Any

Graph = dict[str, set[str]]


def jumps(step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a step says that it goes to: the member that says so, and the name."""
    for member in ("onFailure", "onCancel"):
        if step.get(member, "").startswith("step:"):
            yield member, step[member].removeprefix("step:")
    if "nextStep" in step:
        yield "nextStep", step["nextStep"]
    if step["action"] == "aws:branch":
        inputs = step["inputs"]
        for choice in inputs.get("Choices", []):
            yield "NextStep", choice.get("NextStep", "")
        if "Default" in inputs:
            yield "Default", inputs["Default"]


def graph_of(document: dict[str, Any]) -> Graph:
    """For each step those that may run next: a step that names none goes on below, a branch never does."""
    steps = document["mainSteps"]
    names = {step["name"] for step in steps}
    graph: Graph = {}
    for step, below in zip(steps, [*steps[1:], None]):
        graph[step["name"]] = {target for _, target in jumps(step) if target in names}
        if below is not None and falls_through(step):
            graph[step["name"]].add(below["name"])
    return graph


def falls_through(step: dict[str, Any]) -> bool:
    return step["action"] != "aws:branch" and "nextStep" not in step and not step.get("isEnd")


def after_failure(step: dict[str, Any], graph: Graph) -> set[str]:
    """The steps that may run next though a step has failed or was cancelled, and gave no outputs."""
    targets = {name for member, name in jumps(step) if member in ("onFailure", "onCancel")}
    return graph[step["name"]] if step.get("onFailure") == "Continue" else targets & graph.keys()


def reached(graph: Graph, start: str) -> set[str]:
    """The steps that come after a step on some path, and itself only if a path leads back to it."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for after in graph[waiting.pop()] - seen:
            seen.add(after)
            waiting.append(after)
    return seen


def problems(document: dict[str, Any]) -> Iterator[str]:
    steps = document["mainSteps"]
    first = steps[0]["name"]
    graph = graph_of(document)
    from_first = reached(graph, first) | {first}
    for_failures = {name for step in steps for member, name in jumps(step) if member == "onFailure"}
    for step, below in zip(steps, [*steps[1:], None]):
        name = step["name"]
        yield from (f"{name}: {sentence}" for sentence in step_problems(step, graph))
        if name not in from_first:
            yield f"{name}: no path leads to this step"
        if name in reached(graph, name):
            yield f"{name}: a path leads from this step back to it; every path must end"
        if below is not None and falls_through(step) and below["name"] in for_failures:
            yield f"{name}: goes on to {below['name']}, which is there for failures; say isEnd or nextStep"


def step_problems(step: dict[str, Any], graph: Graph) -> Iterator[str]:
    for member, target in jumps(step):
        if target not in graph:
            yield f"{member} names {target!r}, and there is no such step"
    for member, plain in (("onFailure", ("Abort", "Continue")), ("onCancel", ("Abort",))):
        value = step.get(member, "Abort")
        if value not in plain and not value.startswith("step:"):
            yield f"{member} is {value!r}; expected {', '.join(plain)} or step:NAME"
    if step.get("isEnd") and "nextStep" in step:
        yield "has both isEnd and nextStep"
    if step["action"] != "aws:branch":
        return
    if "nextStep" in step:
        yield "a branch goes by Choices and Default, not by nextStep"
    if "Default" not in step["inputs"] and not step.get("isEnd"):
        yield "goes nowhere where no choice holds: give it a Default"
