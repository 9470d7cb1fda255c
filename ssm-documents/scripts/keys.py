"""Looks up KMS keys, each in its own Region."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from calls import client, code_of

USABLE_STATES = ("Enabled", "Updating")


@dataclass(frozen=True)
class Key:
    """A key as KMS describes it.

    `problem` is the reason why CloudTrail cannot use the key; empty for a usable key. `is_known` is False if KMS did not return the
    state: such a key has a problem too, but it might be usable.
    """

    arn: str
    state: str
    problem: str
    is_known: bool
    deletion_date: datetime | None = None


def region_of(key: str, region: str) -> str:
    """The Region of a key: that of its ARN, or else that of the automation."""
    return key.split(":")[3] if key.startswith("arn:") else region


def describe_key(key: str, region: str) -> Key:
    """Looks up a key by ARN, alias or key ID, in the Region of the key."""
    place = region_of(key, region)
    try:
        metadata = client("kms", place).describe_key(KeyId=key)["KeyMetadata"]
    except (ClientError, BotoCoreError) as error:
        code = code_of(error)
        if code in ("NotFoundException", "InvalidArnException"):
            return Key("", "", f"it does not exist in Region {place} ({code})", is_known=True)
        return Key("", "", f"its state in Region {place} is unknown ({code})", is_known=False)
    state, manager = metadata.get("KeyState", ""), metadata.get("KeyManager", "")
    if not state or not manager:
        return Key(metadata["Arn"], state, "DescribeKey did not return its KeyState and KeyManager", is_known=False)
    return Key(metadata["Arn"], state, problem_with(metadata), True, metadata.get("DeletionDate"))


def problem_with(metadata: dict[str, Any]) -> str:
    """Why CloudTrail cannot or must not use a key; empty for a usable key. Absent fields have their defaults."""
    spec = metadata.get("KeySpec") or metadata.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = metadata.get("KeyUsage") or "ENCRYPT_DECRYPT"
    if metadata["KeyManager"] != "CUSTOMER":
        return f"its KeyManager is {metadata['KeyManager']}, not CUSTOMER"
    if (spec, usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return f"its KeySpec is {spec} and its KeyUsage is {usage}, not SYMMETRIC_DEFAULT and ENCRYPT_DECRYPT"
    if metadata["KeyState"] in USABLE_STATES:
        return ""
    date = metadata.get("DeletionDate")
    return f"its KeyState is {metadata['KeyState']}" + (f", with deletion date {date:%Y-%m-%d}" if date else "")
