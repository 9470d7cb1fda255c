"""Step Assess of Trailkey-RestoreKey: reads the trail and the key, and decides. Changes nothing."""

from typing import Any

from calls import Refusal, shown
from keys import Key, describe_key
from trails import delivery_error, read_trail

DELETION_STATES = ("PendingDeletion", "PendingReplicaDeletion")
TRANSIENT_STATES = ("Creating", "Updating")
# The fix for each key state that the automation cannot change.
REMEDIES = {
    "PendingImport": "Import the key material again.",
    "Unavailable": "Connect the custom key store of the key.",
}
ANOTHER_KEY = "Set another key on the trail with Trailkey-EncryptTrail."
ALLOW_READING = "Allow the role of this automation kms:DescribeKey on it, in IAM and in the key policy."


def assess(events: dict[str, str], context: Any) -> dict[str, str]:
    facts: dict[str, str] = dict.fromkeys(("TrailArn", "TrailKmsKeyId", "DeliveryErrorBefore"), "")
    try:
        decision, reason = decide(events, facts)
    except Refusal as refusal:
        decision, reason = "Blocked", str(refusal)
    return {name: shown(value) for name, value in {"Decision": decision, "Reason": reason, **facts}.items()}


def decide(events: dict[str, str], facts: dict[str, str]) -> tuple[str, str]:
    """Returns the decision and its reason, and adds the outputs to `facts`."""
    arn = events["KeyArn"]
    owner = arn.split(":")[4]
    if owner != events["Account"]:
        raise Refusal(f"Key {arn} belongs to account {owner}, but this automation runs in account {events['Account']}. Restore the key in account {owner}.")
    trail = read_trail(events["TrailName"], events["Region"], events["Account"])
    error = delivery_error(trail, events["Region"])
    facts.update(TrailArn=trail.arn, TrailKmsKeyId=trail.key, DeliveryErrorBefore=error)
    key = describe_key(arn, events["Region"])
    if key.state in DELETION_STATES:
        return rescue(trail.arn, key, is_in_use=uses(trail.key, arn, events["Region"]))
    if not uses(trail.key, arn, events["Region"]):
        raise Refusal(f"Trail {trail.arn} no longer uses key {arn} ({key.state or key.problem}), but has key {shown(trail.key)}. Nothing was changed.")
    return restore(trail.arn, key, arn)


def uses(trail_key: str, arn: str, region: str) -> bool:
    """Whether a trail uses a key, also by alias or key ID."""
    if trail_key == arn or not trail_key or ":key/" in trail_key:
        return trail_key == arn
    return describe_key(trail_key, region).arn == arn


def rescue(trail: str, key: Key, is_in_use: bool) -> tuple[str, str]:
    """Logs become permanently unreadable if their key is deleted, so the deletion is cancelled even if the trail has another key."""
    if is_in_use:
        return "CancelDeletion", f"Approve to cancel the deletion of key {key.arn} ({key.state}) of trail {trail}, and to enable the key."
    return "Rescue", (
        f"Approve to cancel the deletion of key {key.arn} ({key.state}). If it is deleted, logs that are encrypted with it become permanently "
        f"unreadable. The key stays disabled, and trail {trail}, which has another key, is not changed."
    )


def restore(trail: str, key: Key, arn: str) -> tuple[str, str]:
    if key.state == "Disabled" and is_restorable(key):
        return "Enable", f"Approve to enable key {arn} (Disabled) of trail {trail}."
    if key.state in TRANSIENT_STATES:
        return "Wait", f"Key {arn} is {key.state}. Waiting for Enabled."
    if not key.problem:
        return "NoChange", f"Key {arn} is {key.state}. The key is not changed, and CloudTrail tests it."
    remedy = REMEDIES.get(key.state, ANOTHER_KEY if key.is_known else ALLOW_READING)
    raise Refusal(f"Key {arn} cannot be restored: {key.problem}. {remedy}")


def is_restorable(key: Key) -> bool:
    """Whether the state of the key is its only problem."""
    return key.is_known and key.problem.startswith("its KeyState")
