"""Step RollBack of Trailkey-EncryptTrail, after a delivery failed or a step failed. Acts only on what it sees."""

import time
from typing import Any

from calls import retried, shown
from set_trail_key import Change, set_key
from trails import advice_for, read_delivery, read_trail
from verify_delivery import CONFIRM_SECONDS, wait, watch_second

# The script must end within 600 seconds.
LAST_ATTEMPT_SECONDS = 415
BY_HAND = "To set the previous key, run Trailkey-BackOut."


class Kept(Exception):
    """Why the trail keeps its key: a sentence."""


def roll_back(events: dict[str, str], context: Any) -> dict[str, str]:
    """Returns if a later delivery succeeds. Otherwise fails with the trail, both keys, what was found and done, and the next step."""
    try:
        outcome = outcome_of(events)
    except Kept as kept:
        outcome = str(kept)
    except Exception as error:
        outcome = f"The trail could not be checked, so the change was not rolled back: {error} Check the key of the trail and its delivery status. {BY_HAND}"
    subject = f"Trail {events['TrailArn']}, new key {events['KeyArn']}, previous key {events['PreviousKmsKeyId']}"
    if not outcome:
        return {"State": "Delivered", "Message": f"{subject}: a later delivery succeeded, so the trail keeps the new key. If a step failed, start the automation again to verify the trail."}
    raise Exception(f"{subject}: {outcome}")


def outcome_of(events: dict[str, str]) -> str:
    """What was found and done; empty if logs are delivered with the new key."""
    deadline = time.time() + LAST_ATTEMPT_SECONDS
    check_key(events)
    watched = watch_second(events)
    state = wait(watched, CONFIRM_SECONDS, ("Delivered", "Failing"))
    if state == "Delivered":
        return ""
    if state != "Failing":
        check_key(events)
        failed = f"A delivery failed with {watched.error}, and no later attempt is known to have failed" if watched.error else "No delivery with the new key was seen"
        raise Kept(f"{failed}, so the change was not rolled back. Check the status of the trail in a few minutes. {BY_HAND}")
    failure = f"Logs are not delivered with the new key: {watched.error}."
    advice = advice_for(watched.error)
    if events["Decision"] == "NoChange":
        raise Kept(f"{failure} This automation changed nothing, so there is nothing to roll back. {advice}")
    if events["RollBackPlan"] == "none":
        raise Kept(f"{failure} The change was not rolled back, because {problem_before(events)}. The trail keeps the new key. {advice}")
    return f"{failure} {restore(events, deadline)} {advice}"


def check_key(events: dict[str, str]) -> None:
    key = shown(retried(lambda: read_trail(events["TrailArn"], events["Region"], events["Account"])).key)
    if key == events["KeyArn"]:
        return
    if key == events["PreviousKmsKeyId"]:
        raise Kept("The trail has its previous key: the change was not made, or it was undone. Follow the message of the step that failed, and start the automation again.")
    raise Kept(f"The trail now has the key {key}: it was changed in the meantime, so it was not rolled back. Check who changed it before you start the automation again.")


def problem_before(events: dict[str, str]) -> str:
    if events["CurrentKeyProblem"] != "none":
        return f"the previous key is known not to work: {events['CurrentKeyProblem']}"
    return f"the latest delivery before it had failed with {events['DeliveryErrorBefore']}"


def restore(events: dict[str, str], deadline: float) -> str:
    previous = events["PreviousKmsKeyId"]
    change = Change(events["TrailArn"], events["KeyArn"], previous, events["Region"], events["Account"], deadline)
    try:
        set_key(change)
    except Exception as error:
        return f"The rollback failed: {error} {BY_HAND}"
    return f"The trail has its previous key again: {previous}."
