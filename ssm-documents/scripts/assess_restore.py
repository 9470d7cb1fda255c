"""Step Assess of Trailkey-RestoreKey: reads the trail and the key, changes nothing, and decides."""

from typing import Any

from calls import Refusal, shown
from keys import Key, describe_key
from trails import delivery_error, read_trail

DOOMED_STATES = ("PendingDeletion", "PendingReplicaDeletion")
PASSING_STATES = ("Creating", "Updating")
# What only a person can do about a state, by its name at KMS.
REMEDIES = {
    "PendingImport": "Import the key material again.",
    "Unavailable": "Connect the custom key store of the key.",
}
ANOTHER_KEY = "Set another key on the trail with Trailkey-EncryptTrail."
ALLOW_READING = "Let the role of this automation call kms:DescribeKey on it, in IAM and in the key policy."


def assess(events: dict[str, str], context: Any) -> dict[str, str]:
    facts = dict.fromkeys(("TrailArn", "TrailKmsKeyId", "DeliveryErrorBefore"), "")
    try:
        decision, reason = decide(events, facts)
    except Refusal as refusal:
        decision, reason = "Blocked", str(refusal)
    return {name: shown(value) for name, value in {"Decision": decision, "Reason": reason, **facts}.items()}


def decide(events: dict[str, str], facts: dict[str, str]) -> tuple[str, str]:
    """Gives the decision and its reason, and notes what was learnt on the way."""
    arn = events["KeyArn"]
    owner = arn.split(":")[4]
    if owner != events["Account"]:
        raise Refusal(f"Key {arn} belongs to account {owner}; this is account {events['Account']}. Run this document there, or restore the key there.")
    trail = read_trail(events["TrailName"], events["Region"], events["Account"])
    error = delivery_error(trail, events["Region"])
    facts.update(TrailArn=trail.arn, TrailKmsKeyId=trail.key, DeliveryErrorBefore=error)
    key = describe_key(arn, events["Region"])
    if key.state in DOOMED_STATES:
        return rescue(trail.arn, key, names_key=names(trail.key, arn, events["Region"]))
    if not names(trail.key, arn, events["Region"]):
        raise Refusal(f"Trail {trail.arn} has another key by now, {shown(trail.key)}; key {arn} ({key.state or key.problem}) is left as it is.")
    return restore(trail.arn, key, arn)


def names(trail_key: str, arn: str, region: str) -> bool:
    """Tells whether a trail names a key, also by alias or id."""
    if trail_key == arn or not trail_key or ":key/" in trail_key:
        return trail_key == arn
    return describe_key(trail_key, region).arn == arn


def rescue(trail: str, key: Key, names_key: bool) -> tuple[str, str]:
    """Logs under a key that is deleted are unreadable for ever: its deletion is cancelled whatever the trail names."""
    if names_key:
        return "CancelDeletion", f"Approve to cancel the deletion of key {key.arn} ({key.state}) and to enable it, for trail {trail}."
    return "Rescue", (
        f"Approve to cancel the deletion of key {key.arn} ({key.state}). Trail {trail} has another key by now and is not touched; "
        "the key stays disabled. Logs encrypted under it become unreadable if it is deleted."
    )


def restore(trail: str, key: Key, arn: str) -> tuple[str, str]:
    if key.state == "Disabled" and is_of_use(key):
        return "Enable", f"Approve to enable key {arn} (Disabled), which trail {trail} has."
    if key.state in PASSING_STATES:
        return "Wait", f"Key {arn} is {key.state}: waiting for Enabled."
    if not key.problem:
        return "NoChange", f"Key {arn} is {key.state}: the key is left as it is, and CloudTrail tests it."
    remedy = REMEDIES.get(key.state, ANOTHER_KEY if key.is_known else ALLOW_READING)
    raise Refusal(f"Key {arn} cannot be restored: {key.problem}. {remedy}")


def is_of_use(key: Key) -> bool:
    """A key whose only problem is its state can be brought back."""
    return key.is_known and key.problem.startswith("its KeyState")
