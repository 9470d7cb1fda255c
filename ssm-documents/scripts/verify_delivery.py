"""Waits until CloudTrail delivers logs with the key of a trail, or fails to."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from calls import shown
from trails import Delivery, advice_for, read_delivery, read_trail

POLL_SECONDS = 30
# CloudTrail uses the previous settings until a change has spread, so an earlier delivery or error proves nothing about the new key.
SPREAD_SECONDS = 180
# CloudTrail delivers about every five minutes.
INTERVAL_SECONDS = 300
# A script must end within 600 seconds, so a later step waits for the second attempt.
CONFIRM_SECONDS = 310
MAX_FAILED_READS = 5
MAX_OTHER_KEYS = 2


@dataclass
class Watch:
    """What to wait for: a delivery after `delivered_since`, or failures after `failed_since`. `failed_at` is the time of the first failure."""

    arn: str
    key: str
    region: str
    account: str
    error_before: str
    delivered_since: float
    failed_since: float
    failed_at: float | None = None
    error: str = ""


def verify(events: dict[str, str], context: Any) -> dict[str, str]:
    """Step VerifyDelivery: ends at the first delivery, failed or not, after the change has spread."""
    since = time.time() + (SPREAD_SECONDS if events["Decision"] == "UpdateTrail" else 0)
    watched = Watch(events["TrailArn"], events["KeyArn"], events["Region"], events["Account"], events["DeliveryErrorBefore"], since, since)
    state = wait(watched, int(events["DeliveryWaitSeconds"]), ("Delivered", "FailedOnce"))
    if state in ("Unknown", "KeyChanged"):
        # Every delivery that a later step sees must use the new key.
        time.sleep(max(0, since - time.time()))
    return {"State": state, "DeliveryError": shown(watched.error)}


def confirm(events: dict[str, str], context: Any) -> dict[str, str]:
    """Step ConfirmDelivery of Trailkey-RestoreKey: fails unless a later delivery succeeds."""
    watched = watch_second(events)
    state = wait(watched, CONFIRM_SECONDS, ("Delivered", "Failing"))
    if state == "Delivered":
        return {"State": state}
    arn, key, error = events["TrailArn"], events["KeyArn"], shown(watched.error)
    if state == "Failing":
        raise Exception(f"Key {key} is enabled, but logs of trail {arn} are still not delivered: {error}. {advice_for(error)}")
    raise Exception(f"Key {key} is enabled, but it is not certain that trail {arn} delivers logs with it: {state}, delivery error: {error}. Check the key and the status of the trail.")


def watch_second(events: dict[str, str]) -> Watch:
    """What to wait for after a failed delivery: the error that is shown is the first failure, the next attempt decides."""
    return Watch(events["TrailArn"], events["KeyArn"], events["Region"], events["Account"], "", time.time(), 0)


def wait(watched: Watch, seconds: int, final: tuple[str, ...]) -> str:
    """Waits for a final state: Delivered, FailedOnce, Failing (twice), NotSeenYet, KeyChanged, or Unknown if the status is not readable."""
    deadline = time.time() + seconds
    failed_reads = other_keys = 0
    while True:
        is_last = time.time() >= deadline
        try:
            # The key is read last: a delivery proves nothing if the trail has a different key afterwards.
            delivery = read_delivery(watched.arn, watched.region)
            has_key = read_trail(watched.arn, watched.region, watched.account).key == watched.key
        except (ClientError, BotoCoreError):
            failed_reads += 1
            if failed_reads > MAX_FAILED_READS or is_last:
                return "Unknown"
        else:
            failed_reads, other_keys = 0, 0 if has_key else other_keys + 1
            if other_keys >= MAX_OTHER_KEYS:
                return "KeyChanged"
            state = state_at(watched, delivery) if has_key else "Unknown"
            if state in final or is_last:
                return state
            if has_key and not delivery.is_logging:
                return "NotSeenYet"
        time.sleep(min(POLL_SECONDS, max(1, deadline - time.time())))


def state_at(watched: Watch, delivery: Delivery) -> str:
    """The state after one look, and notes in `watched` what it has shown."""
    watched.error = delivery.error
    if shown(delivery.error) != watched.error_before:
        # The error that existed before is over: if it is shown again, it is a new one.
        watched.error_before = ""
    if not delivery.error:
        watched.failed_at = None
        is_new = delivery.delivered_at is not None and delivery.delivered_at > watched.delivered_since
        return "Delivered" if is_new else "NotSeenYet"
    failed_at = failure_in(watched, delivery)
    if failed_at is None:
        return "NotSeenYet" if watched.failed_at is None else "FailedOnce"
    if watched.failed_at is None:
        watched.failed_at = failed_at
    apart = failed_at - watched.failed_at
    is_second = apart >= INTERVAL_SECONDS if delivery.attempted_at is None else apart > 0
    return "Failing" if is_second else "FailedOnce"


def failure_in(watched: Watch, delivery: Delivery) -> float | None:
    """When a delivery failed with the current settings; None if that is not certain."""
    if delivery.attempted_at is not None:
        return delivery.attempted_at if delivery.attempted_at > watched.failed_since else None
    # Without the time of the attempt, an error that existed before can be the old one.
    is_old = shown(delivery.error) == watched.error_before
    return None if is_old or time.time() < watched.failed_since else time.time()
