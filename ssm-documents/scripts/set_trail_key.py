"""Restores the previous key of a trail: step RollBack of Trailkey-EncryptTrail, step SetPreviousKey of Trailkey-BackOut."""

import time
from typing import Any

from calls import Refusal, client, shown
from trails import Trail, delivery_error, read_trail

READ_BACK_SECONDS = 60
POLL_SECONDS = 5


def back_out(events: dict[str, str], context: Any) -> dict[str, str]:
    """Sets the previous key if the trail still has the expected key."""
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    if shown(trail.key) != events["ExpectedKmsKeyId"]:
        raise Refusal(f"The key of trail {trail.arn} is now {shown(trail.key)}, not {events['ExpectedKmsKeyId']}. This automation changed nothing.")
    set_key(trail, events["PreviousKmsKeyId"], events["Region"])
    return {"Message": f"The KMS key of trail {trail.arn} is {events['PreviousKmsKeyId']}."}


def roll_back(events: dict[str, str], context: Any) -> None:
    """Rolls back the change of this execution as planned. Always fails, because the requested change did not succeed."""
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    error = delivery_error(trail, events["Region"])
    failure = failure_of(trail, error, events)
    if events["Decision"] == "NoChange":
        raise Exception(f"{failure} This automation changed nothing, so there is nothing to roll back. Check the bucket policy and the key policy.")
    if shown(trail.key) == events["PreviousKmsKeyId"]:
        raise Exception(f"{failure} The trail reports its previous key, {shown(trail.key)}: the change is not visible yet, or it was undone. Check the trail again in a few minutes.")
    if trail.key != events["TargetKeyArn"]:
        raise Exception(f"{failure} The trail now has the key {shown(trail.key)}: it was changed in the meantime, so it was not rolled back.")
    if not error:
        raise Exception(f"{failure} The trail has the key and delivery does not fail, so the change was not rolled back. Check the status of the trail in a few minutes.")
    if events["RollBackPlan"] == "none":
        raise Exception(
            f"{failure} The change was not rolled back, because delivery failed before it too or the previous key is not usable. "
            "The trail keeps the new key. Check the bucket policy and the key policy."
        )
    previous = "none" if events["RollBackPlan"] == "RemoveKey" else events["PreviousKmsKeyId"]
    try:
        set_key(trail, previous, events["Region"])
    except Exception as cause:
        raise Exception(f"{failure} The rollback to {previous} also failed. Set the key of the trail manually. Error: {cause}") from cause
    raise Exception(f"{failure} The trail has its previous key again: {previous}. Check whether the bucket policy requires a different key.")


def failure_of(trail: Trail, error: str, events: dict[str, str]) -> str:
    if trail.key == events["TargetKeyArn"] and error:
        return f"Logs of trail {trail.arn} are not delivered with key {trail.key}: {error}."
    return f"Trail {trail.arn} could not be verified with key {events['TargetKeyArn']}."


def set_key(trail: Trail, key: str, region: str) -> None:
    """Sets a key, or removes it with `none`, and waits until the trail reports it."""
    trails = client("cloudtrail", region)
    now = trails.update_trail(Name=trail.arn, KmsKeyId="" if key == "none" else key).get("KmsKeyId") or ""
    deadline = time.time() + READ_BACK_SECONDS
    while (trails.get_trail(Name=trail.arn)["Trail"].get("KmsKeyId") or "") != now:
        if time.time() >= deadline:
            raise Exception(f"CloudTrail accepted the change of trail {trail.arn} but does not report it yet. Check the trail.")
        time.sleep(POLL_SECONDS)
