"""The steps of Trailkey-RestoreKey that change a key, each after its approval. KMS is called in the key's own Region."""

import time
from typing import Any

from calls import client, shown
from trails import read_trail

WAIT_SECONDS = 480
POLL_SECONDS = 5


def cancel_deletion(events: dict[str, str], context: Any) -> dict[str, str]:
    """Cancels the deletion of the key. CancelKeyDeletion leaves the key disabled."""
    arn = events["KeyArn"]
    state = state_of(arn)
    if state in ("PendingDeletion", "PendingReplicaDeletion"):
        kms(arn).cancel_key_deletion(KeyId=id_of(arn))
        state = wait_for(arn, "Disabled", "Enabled")
    if state not in ("Disabled", "Enabled"):
        raise Exception(f"Key {arn} is now {state}, so there is no deletion to cancel. Run this document again.")
    return {"KeyState": state}


def enable(events: dict[str, str], context: Any) -> dict[str, str]:
    """Enables the key if the trail still has it."""
    arn = events["KeyArn"]
    trail = read_trail(events["TrailArn"], events["Region"], events["Account"])
    if trail.key != events["TrailKmsKeyId"]:
        raise Exception(f"Trail {trail.arn} now has a different key, {shown(trail.key)}, so key {arn} was not enabled.")
    state = state_of(arn)
    if state == "Disabled":
        kms(arn).enable_key(KeyId=id_of(arn))
    elif state != "Enabled":
        raise Exception(f"Key {arn} is now {state}, not Disabled, so it was not enabled. Run this document again.")
    return {"KeyState": wait_for(arn, "Enabled")}


def wait(events: dict[str, str], context: Any) -> dict[str, str]:
    """Waits until KMS has created or updated the key."""
    return {"KeyState": wait_for(events["KeyArn"], "Enabled")}


def kms(arn: str) -> Any:
    return client("kms", arn.split(":")[3])


def id_of(arn: str) -> str:
    return arn.split("/", 1)[1]


def state_of(arn: str) -> str:
    return kms(arn).describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]


def wait_for(arn: str, *states: str) -> str:
    deadline = time.time() + WAIT_SECONDS
    while (state := state_of(arn)) not in states:
        if time.time() >= deadline:
            raise Exception(f"Key {arn} is still {state} after {WAIT_SECONDS} seconds. Run this document again when it is {states[0]}.")
        time.sleep(POLL_SECONDS)
    return state
