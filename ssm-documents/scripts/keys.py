"""Reads keys, each in its own Region."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from calls import client, code_of

USABLE_STATES = ("Enabled", "Updating")


@dataclass(frozen=True)
class Key:
    """A key as KMS describes it.

    `problem` is the reason for which CloudTrail cannot use the key, empty if the key works. `is_known` is False if KMS did not return the
    state: such a key has a problem, but it might work.
    """

    arn: str
    state: str
    problem: str
    is_known: bool


def region_of(key: str, region: str) -> str:
    """The Region of the key's ARN, or else of the automation."""
    return key.split(":")[3] if key.startswith("arn:") else region


def describe_key(key: str, region: str) -> Key:
    """Describes a key by ARN, alias or key ID, in its own Region."""
    place = region_of(key, region)
    try:
        metadata = client("kms", place).describe_key(KeyId=key)["KeyMetadata"]
    except (ClientError, BotoCoreError) as error:
        if code_of(error) in ("NotFoundException", "InvalidArnException"):
            return Key("", "", f"the key does not exist in Region {place} (NotFoundException)", is_known=True)
        return Key("", "", f"kms:DescribeKey in Region {place} failed with {code_of(error)}", is_known=False)
    state, manager = metadata.get("KeyState", ""), metadata.get("KeyManager", "")
    if not state or not manager:
        return Key(metadata["Arn"], state, "KMS did not return its state and manager", is_known=False)
    return Key(metadata["Arn"], state, problem_with(metadata), is_known=True)


def problem_with(metadata: dict[str, Any]) -> str:
    """The reason for which CloudTrail cannot or must not use a key, empty if it works. Absent fields do not count as a problem."""
    spec = metadata.get("KeySpec") or metadata.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = metadata.get("KeyUsage") or "ENCRYPT_DECRYPT"
    if metadata["KeyManager"] != "CUSTOMER":
        return f"its KeyManager is {metadata['KeyManager']}, not CUSTOMER"
    if (spec, usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return f"it is {spec} for {usage}, not SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT"
    if metadata["KeyState"] in USABLE_STATES:
        return ""
    date = metadata.get("DeletionDate")
    return f"its KeyState is {metadata['KeyState']}" + (f", and it is scheduled for deletion on {date:%Y-%m-%d}" if date else "")
