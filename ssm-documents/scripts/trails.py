"""Reads trails, and the status of their deliveries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from calls import Refusal, client, code_of

# Amazon S3 can refuse a delivery for these reasons although the key, the bucket and their policies are right.
TRANSIENT_ERRORS = ("InternalError", "OperationAborted", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling")


@dataclass(frozen=True)
class Trail:
    """A trail in its home Region. `key` is its KmsKeyId; empty for none."""

    arn: str
    key: str


@dataclass(frozen=True)
class Delivery:
    """The status of the log deliveries of a trail. Times are seconds since the epoch; None if CloudTrail does not report them."""

    error: str
    delivered_at: float | None
    attempted_at: float | None
    is_logging: bool


def read_trail(name: str, region: str, account: str) -> Trail:
    """Reads a trail by name or ARN. Refuses a trail that cannot be changed in this account and Region."""
    if name.startswith("arn:"):
        check_region(name, region)
    try:
        trail = client("cloudtrail", region).get_trail(Name=name)["Trail"]
    except ClientError as error:
        if code_of(error) != "TrailNotFoundException":
            raise
        raise Refusal(not_found(name, region, account)) from error
    check_region(trail["TrailARN"], region)
    check_owner(trail, account)
    return Trail(arn=trail["TrailARN"], key=(trail.get("KmsKeyId") or "").strip())


def not_found(name: str, region: str, account: str) -> str:
    owner = name.split(":")[4] if name.startswith("arn:") else account
    if owner != account:
        return f"Account {account} cannot read trail {name}. It belongs to account {owner}. Run this document there; for an organization trail, also in a CloudTrail delegated administrator account."
    return f"Trail {name} does not exist in account {account}, Region {region}."


def check_region(arn: str, region: str) -> None:
    """The ARN of a trail contains its home Region, also for a shadow trail."""
    home = arn.split(":")[3]
    if home != region:
        raise Refusal(f"The home Region of trail {arn} is {home}, and the trail can be changed only there; this is {region}. Run this document in {home}.")


def check_owner(trail: dict[str, Any], account: str) -> None:
    """Refuses the trail of another account. A delegated administrator can change an organization trail: CloudTrail decides."""
    arn = trail["TrailARN"]
    owner = arn.split(":")[4]
    if owner != account and not trail.get("IsOrganizationTrail"):
        raise Refusal(f"Trail {arn} belongs to account {owner}, and only that account can change it; this is account {account}. Run this document in account {owner}.")


def read_delivery(arn: str, region: str) -> Delivery:
    status = client("cloudtrail", region).get_trail_status(Name=arn)
    delivered = status.get("LatestDeliveryTime")
    return Delivery(
        error=(status.get("LatestDeliveryError") or "").strip(),
        delivered_at=delivered.timestamp() if delivered else None,
        attempted_at=attempt_in(status),
        is_logging=status.get("IsLogging", True),
    )


def attempt_in(status: dict[str, Any]) -> float | None:
    """The time of the latest attempt. CloudTrail no longer maintains this field everywhere: an attempt cannot be older than a delivery."""
    try:
        attempted = datetime.fromisoformat(status.get("LatestDeliveryAttemptTime") or "").timestamp()
    except ValueError:
        return None
    delivered = status.get("LatestDeliveryTime")
    # The text has whole seconds.
    return None if delivered and attempted < int(delivered.timestamp()) else attempted


def concerns_key(error: str) -> bool:
    """Whether a delivery error can be caused by the key."""
    return error == "AccessDenied" or "kms" in error.lower()


def advice_for(error: str) -> str:
    """What to do about a delivery error."""
    if error == "AccessDenied":
        return "Check the key policy, and whether the bucket policy denies the delivery or requires a different key."
    if concerns_key(error):
        return "Check the state and the policy of the key."
    if error in TRANSIENT_ERRORS:
        return "Amazon S3 reports a temporary problem. Start the automation again later."
    return "Check the S3 bucket of the trail."
