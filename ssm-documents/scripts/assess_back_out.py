"""Step Assess of Trailkey-BackOut: refuses if the trail has changed since the change to roll back."""

from typing import Any

from calls import Refusal, shown
from trails import read_trail


def assess(events: dict[str, str], context: Any) -> dict[str, str]:
    try:
        decision, reason = decide(events)
    except Refusal as refusal:
        decision, reason = "Blocked", str(refusal)
    return {"Decision": decision, "Reason": shown(reason)}


def decide(events: dict[str, str]) -> tuple[str, str]:
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    expected, previous = events["ExpectedKmsKeyId"], events["PreviousKmsKeyId"]
    if shown(trail.key) != expected:
        raise Refusal(f"The key of trail {trail.arn} is {shown(trail.key)}, not {expected}: the trail was changed in the meantime. This automation changed nothing.")
    if previous == expected:
        return "KeepKey", f"Trail {trail.arn} keeps its key, {expected}."
    return "SetPreviousKey", f"Changing the key of trail {trail.arn} from {expected} to {previous}."
