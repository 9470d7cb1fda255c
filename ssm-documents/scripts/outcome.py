"""Steps that report the outcome of an automation."""

from typing import Any


def report(events: dict[str, str], context: Any) -> dict[str, str]:
    return {"Message": events["Message"]}


def refuse(events: dict[str, str], context: Any) -> None:
    raise Exception(events["Message"])
