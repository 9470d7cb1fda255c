"""Step Assess of Trailkey-RestoreKey: reads the trail and the key without changing anything, and decides."""

import time
from datetime import datetime, timezone
from typing import Any

from calls import Refusal, shown
from keys import Key, describe_key
from trails import read_delivery, read_trail

PENDING_DELETION_STATES = ("PendingDeletion", "PendingReplicaDeletion")
TRANSIENT_STATES = ("Creating", "Updating")
# Manual actions by key state.
REMEDIES = {
    "PendingImport": "Import the key material again.",
    "Unavailable": "Connect the custom key store of the key.",
}
# How long an approval step waits. The shorter ones are for a key that is deleted soon.
APPROVAL_SECONDS = {"Week": 604_800, "Day": 86_400, "Hour": 3600}
# After the approval, the steps need time before the deletion date.
RESERVE_SECONDS = 1800
DAY_SECONDS = 86_400
ANOTHER_KEY = "Configure the trail with another key by running Trailkey-EncryptTrail."
ALLOW_READING = "Allow the automation role to call kms:DescribeKey on the key, in IAM and in the key policy."


def assess(events: dict[str, str], context: Any) -> dict[str, str]:
    facts: dict[str, str] = dict.fromkeys(("TrailArn", "TrailKmsKeyId", "DeliveryErrorBefore", "ApprovalTime", "Deadline"), "")
    try:
        decision, reason = decide(events, facts)
    except Refusal as refusal:
        decision, reason = "Blocked", str(refusal)
    return {name: shown(value) for name, value in {"Decision": decision, "Reason": reason, **facts}.items()}


def decide(events: dict[str, str], facts: dict[str, str]) -> tuple[str, str]:
    """Returns the decision and its reason, and fills in the facts."""
    arn = events["KeyArn"]
    owner = arn.split(":")[4]
    if owner != events["Account"]:
        raise Refusal(f"Key {arn} belongs to account {owner}; this is account {events['Account']}. Run this document in account {owner}, or restore the key there.")
    trail = read_trail(events["TrailName"], events["Region"], events["Account"])
    error = read_delivery(trail.arn, events["Region"]).error
    facts.update(TrailArn=trail.arn, TrailKmsKeyId=trail.key, DeliveryErrorBefore=error)
    key = describe_key(arn, events["Region"])
    is_current = is_key_of(trail.key, arn, events["Region"])
    facts.update(approval_time(key))
    if key.state in PENDING_DELETION_STATES:
        return cancel_deletion_of(trail.arn, key, is_current)
    if not is_current:
        raise Refusal(f"Trail {trail.arn} now has a different key, {shown(trail.key)}. Key {arn} ({key.state or key.problem}) was not changed.")
    return restore(trail.arn, key, arn)


def approval_time(key: Key) -> dict[str, str]:
    """How long to wait for an approval, and a sentence about it. The wait ends before the deletion date of the key."""
    now = time.time()
    deletion = key.deletion_date.timestamp() if key.deletion_date else None
    for name, seconds in APPROVAL_SECONDS.items():
        ends = f"This approval step ends on {minute(now + seconds)}"
        if deletion is None:
            return {"ApprovalTime": name, "Deadline": f"{ends}."}
        left = deletion - now
        if seconds + RESERVE_SECONDS <= left:
            days = f"{int(left // DAY_SECONDS)} days" if left >= 2 * DAY_SECONDS else f"{int(left // 3600)} hours"
            return {
                "ApprovalTime": name,
                "Deadline": f"KMS deletes the key on {minute(deletion)}, in {days}. {ends}, before that date. A step that has ended can no longer be approved: start the document again.",
            }
    raise Refusal(f"KMS deletes key {key.arn} on {minute(deletion or now)}, too soon to wait for an approval. Cancel the deletion now, by hand: aws kms cancel-key-deletion --key-id {key.arn} --region {key.arn.split(':')[3]}")


def minute(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def is_key_of(trail_key: str, arn: str, region: str) -> bool:
    """Whether the key of a trail, which can be an alias or a key ID, is the key with this ARN."""
    if trail_key == arn or not trail_key or ":key/" in trail_key:
        return trail_key == arn
    return describe_key(trail_key, region).arn == arn


def cancel_deletion_of(trail: str, key: Key, is_current: bool) -> tuple[str, str]:
    """Logs encrypted with a deleted key are permanently unreadable, so the deletion is canceled even if the trail has a different key."""
    if is_current:
        return "CancelDeletion", f"Approve to cancel the deletion of key {key.arn} ({key.state}) and to enable the key, for trail {trail}."
    return "Rescue", (
        f"Approve to cancel the deletion of key {key.arn} ({key.state}). Trail {trail} now has a different key and is not changed. "
        "The key stays disabled. If it is deleted, the logs that it encrypts become permanently unreadable."
    )


def restore(trail: str, key: Key, arn: str) -> tuple[str, str]:
    if key.state == "Disabled" and has_only_state_problem(key):
        return "Enable", f"Approve to enable key {arn} (Disabled) for trail {trail}."
    if key.state in TRANSIENT_STATES:
        return "Wait", f"Key {arn} is {key.state}. The automation waits until it is Enabled."
    if not key.problem:
        return "NoChange", f"Key {arn} is {key.state}. The key is not changed, and CloudTrail tests it."
    remedy = REMEDIES.get(key.state, ANOTHER_KEY if key.is_known else ALLOW_READING)
    raise Refusal(f"Key {arn} cannot be restored: {key.problem}. {remedy}")


def has_only_state_problem(key: Key) -> bool:
    """A key can be restored only if its state is its only problem."""
    return key.is_known and key.problem.startswith("its KeyState")
