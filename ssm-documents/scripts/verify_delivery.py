"""Step VerifyDelivery: waits until CloudTrail delivers logs under the key that the trail has now, or fails to."""

import time
from typing import Any

from calls import client

POLL_SECONDS = 30
# CloudTrail goes on with a trail's former settings until a change has spread. A delivery before that proves nothing of the new key; five
# minutes, in which a trail that has something to log delivers, fit between this and the wait that is usual.
SPREADING_SECONDS = 180
# A single failure may pass: CloudTrail tries again.
LOOKS_THAT_PROVE = 2


def verify(events: dict[str, str], context: Any) -> dict[str, str]:
    """Gives Delivered, Failing, or NotSeenYet for a trail that had nothing to deliver."""
    trails = client("cloudtrail", events["Region"])
    start = time.time()
    deadline = start + int(events["DeliveryWaitSeconds"])
    proves_since = start + (SPREADING_SECONDS if events["Decision"] == "UpdateTrail" else 0)
    failures = 0
    while True:
        status = trails.get_trail_status(Name=events["TrailArn"])
        error = (status.get("LatestDeliveryError") or "").strip()
        if is_delivered(status, proves_since) and not error:
            return {"State": "Delivered"}
        if not status.get("IsLogging", True) or start == deadline:
            return {"State": "NotSeenYet"}
        failures = failures + 1 if is_new(error, events["DeliveryErrorBefore"]) else 0
        if failures >= LOOKS_THAT_PROVE:
            return {"State": "Failing"}
        if time.time() >= deadline:
            return {"State": "Failing" if error else "NotSeenYet"}
        time.sleep(min(POLL_SECONDS, max(1, deadline - time.time())))


def is_delivered(status: dict[str, Any], since: float) -> bool:
    delivered = status.get("LatestDeliveryTime")
    return delivered is not None and delivered.timestamp() > since


def is_new(error: str, before: str) -> bool:
    """An error that was there before may be an old one: it counts only when time is up."""
    return bool(error) and " ".join(error.split())[:500] != before[:500]
