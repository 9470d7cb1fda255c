"""Gives a trail the key that it had: step RollBack of Trailkey-EncryptTrail, step SetPreviousKey of Trailkey-BackOut."""

import time
from typing import Any

from calls import Refusal, client, shown
from trails import Trail, delivery_error, read_trail

READ_BACK_SECONDS = 60
POLL_SECONDS = 5


def back_out(events: dict[str, str], context: Any) -> dict[str, str]:
    """Sets the former key, only if the trail still has the key that is expected."""
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    if shown(trail.key) != events["ExpectedKmsKeyId"]:
        raise Refusal(f"Trail {trail.arn} has the key {shown(trail.key)} by now, not {events['ExpectedKmsKeyId']}. It was left as it is.")
    set_key(trail, events["PreviousKmsKeyId"], events["Region"])
    return {"Message": f"Trail {trail.arn} has the key {events['PreviousKmsKeyId']}."}


def roll_back(events: dict[str, str], context: Any) -> None:
    """Turns the change of this execution back as planned. Always ends in failure: the trail is not as it was asked for."""
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    failure = failure_of(trail, events)
    if events["Decision"] == "NoChange":
        raise Exception(f"{failure} This automation changed nothing, so nothing is turned back. Look at the bucket policy and the key policy.")
    if shown(trail.key) == events["PreviousKmsKeyId"]:
        raise Exception(f"{failure} The trail shows its former key, {shown(trail.key)}: CloudTrail does not show the change yet, or somebody took it back. Look at it again.")
    if trail.key != events["TargetKeyArn"]:
        raise Exception(f"{failure} The trail has the key {shown(trail.key)} by now: somebody changed it meanwhile, and it was left so.")
    if not delivery_error(trail, events["Region"]):
        raise Exception(f"{failure} The trail has the key now and no delivery fails, so nothing is turned back. Look at the trail's status in some minutes.")
    if events["RollBackPlan"] == "none":
        raise Exception(
            f"{failure} The change was not turned back: delivery failed before it too, or the former key does not work. "
            "The trail keeps the new key. Look at the bucket policy and the key policy."
        )
    former = "none" if events["RollBackPlan"] == "RemoveKey" else events["PreviousKmsKeyId"]
    try:
        set_key(trail, former, events["Region"])
    except Exception as error:
        raise Exception(f"{failure} Turning back to {former} failed too: {error} Set the key of the trail by hand.") from error
    raise Exception(f"{failure} The trail has its former key again: {former}. Look whether the bucket policy demands another key.")


def failure_of(trail: Trail, events: dict[str, str]) -> str:
    error = delivery_error(trail, events["Region"])
    if trail.key == events["TargetKeyArn"] and error:
        return f"Logs of trail {trail.arn} are not delivered with key {trail.key}: {error}."
    return f"Trail {trail.arn} could not be verified with key {events['TargetKeyArn']}."


def set_key(trail: Trail, key: str, region: str) -> None:
    """Sets a key, `none` for no encryption by KMS, and reads it back."""
    trails = client("cloudtrail", region)
    now = trails.update_trail(Name=trail.arn, KmsKeyId="" if key == "none" else key).get("KmsKeyId") or ""
    deadline = time.time() + READ_BACK_SECONDS
    while (trails.get_trail(Name=trail.arn)["Trail"].get("KmsKeyId") or "") != now:
        if time.time() >= deadline:
            raise Exception(f"CloudTrail took the change of trail {trail.arn} and does not show it. Look at the trail.")
        time.sleep(POLL_SECONDS)
