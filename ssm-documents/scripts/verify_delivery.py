"""Step VerifyDelivery: waits until CloudTrail delivers logs with the current key of the trail, or fails to."""

import time
from typing import Any

from calls import client

POLL_SECONDS = 30
# CloudTrail uses the previous settings until a change has propagated, so an earlier delivery proves nothing about the new key. CloudTrail
# delivers about every five minutes, which fits between this time and the default wait.
PROPAGATION_SECONDS = 180
# A single failure can be temporary, because CloudTrail retries.
FAILURES_TO_CONFIRM = 2


def verify(events: dict[str, str], context: Any) -> dict[str, str]:
    """Returns Delivered, Failing, or NotSeenYet if the trail had nothing to deliver."""
    trails = client("cloudtrail", events["Region"])
    start = time.time()
    deadline = start + int(events["DeliveryWaitSeconds"])
    proves_since = start + (PROPAGATION_SECONDS if events["Decision"] == "UpdateTrail" else 0)
    failures = 0
    while True:
        status = trails.get_trail_status(Name=events["TrailArn"])
        error = (status.get("LatestDeliveryError") or "").strip()
        if is_delivered(status, proves_since) and not error:
            return {"State": "Delivered"}
        if not status.get("IsLogging", True) or start == deadline:
            return {"State": "NotSeenYet"}
        failures = failures + 1 if is_new(error, events["DeliveryErrorBefore"]) else 0
        if failures >= FAILURES_TO_CONFIRM:
            return {"State": "Failing"}
        if time.time() >= deadline:
            return {"State": "Failing" if error else "NotSeenYet"}
        time.sleep(min(POLL_SECONDS, max(1, deadline - time.time())))


def is_delivered(status: dict[str, Any], since: float) -> bool:
    delivered = status.get("LatestDeliveryTime")
    return delivered is not None and delivered.timestamp() > since


def is_new(error: str, before: str) -> bool:
    """An error that existed before the change counts only at the deadline."""
    return bool(error) and " ".join(error.split())[:500] != before[:500]
