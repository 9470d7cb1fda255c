"""Reads trails."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from calls import Refusal, client, code_of


@dataclass(frozen=True)
class Trail:
    """A trail of this account, in its home Region. `key` is its KmsKeyId; empty for none."""

    arn: str
    key: str


def read_trail(name: str, region: str, account: str) -> Trail:
    """Reads a trail by name or ARN. Refuses a trail that cannot be changed in this account and Region."""
    if name.startswith("arn:"):
        check_home(name, region, account)
    try:
        trail = client("cloudtrail", region).get_trail(Name=name)["Trail"]
    except ClientError as error:
        if code_of(error) != "TrailNotFoundException":
            raise
        raise Refusal(f"Trail {name} does not exist in account {account}, Region {region}.") from error
    check_home(trail["TrailARN"], region, account)
    return Trail(arn=trail["TrailARN"], key=(trail.get("KmsKeyId") or "").strip())


def check_home(arn: str, region: str, account: str) -> None:
    """The ARN of a trail contains its owner and its home Region, also for a shadow trail."""
    home, owner = arn.split(":")[3:5]
    if owner != account:
        raise Refusal(f"Trail {arn} belongs to account {owner}, and only that account can change it; this is account {account}. Run this document in account {owner}.")
    if home != region:
        raise Refusal(f"The home Region of trail {arn} is {home}, and the trail can be changed only there; this is {region}. Run this document in {home}.")


def delivery_error(trail: Trail, region: str) -> str:
    """The error of the latest log delivery; empty if it succeeded."""
    status = client("cloudtrail", region).get_trail_status(Name=trail.arn)
    return (status.get("LatestDeliveryError") or "").strip()
