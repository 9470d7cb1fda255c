"""Reads trails."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from calls import Refusal, client, code_of


@dataclass(frozen=True)
class Trail:
    """A trail of this account, in its home Region. `key` is the KMS key ID of the trail, empty if it has none."""

    arn: str
    key: str


def read_trail(name: str, region: str, account: str) -> Trail:
    """Reads a trail by name or ARN. Refuses a trail of another account or home Region."""
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
    """Checks the owner and the home Region, which the ARN contains, also for shadow trails and organization trails."""
    home, owner = arn.split(":")[3:5]
    if owner != account:
        raise Refusal(f"Trail {arn} belongs to account {owner}, but this automation runs in account {account}. Run the document in account {owner}.")
    if home != region:
        raise Refusal(f"The home Region of trail {arn} is {home}, but this automation runs in {region}. Run the document in {home}.")


def delivery_error(trail: Trail, region: str) -> str:
    """The error of the latest delivery of logs, empty if there is none."""
    status = client("cloudtrail", region).get_trail_status(Name=trail.arn)
    return (status.get("LatestDeliveryError") or "").strip()
