"""What is read of a trail."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from calls import Refusal, client, code_of


@dataclass(frozen=True)
class Trail:
    """A trail of this account, in its home Region. `key` is as the trail has it, empty for none."""

    arn: str
    key: str


def read_trail(name: str, region: str, account: str) -> Trail:
    """Reads a trail by name or ARN; refuses one that this account and Region cannot change."""
    if name.startswith("arn:"):
        check_home(name, region, account)
    try:
        trail = client("cloudtrail", region).get_trail(Name=name)["Trail"]
    except ClientError as error:
        if code_of(error) != "TrailNotFoundException":
            raise
        raise Refusal(f"CloudTrail knows no trail {name} in account {account}, Region {region}.") from error
    check_home(trail["TrailARN"], region, account)
    return Trail(arn=trail["TrailARN"], key=(trail.get("KmsKeyId") or "").strip())


def check_home(arn: str, region: str, account: str) -> None:
    """A trail's ARN names its owner and its home Region, also where a copy is looked at."""
    home, owner = arn.split(":")[3:5]
    if owner != account:
        raise Refusal(f"Trail {arn} belongs to account {owner}, which alone can change it; this is account {account}. Run this document there.")
    if home != region:
        raise Refusal(f"The home of trail {arn} is Region {home}, where alone it can be changed; this is {region}. Run this document there.")


def delivery_error(trail: Trail, region: str) -> str:
    """Why the latest delivery of logs failed; empty where it did not."""
    status = client("cloudtrail", region).get_trail_status(Name=trail.arn)
    return (status.get("LatestDeliveryError") or "").strip()
