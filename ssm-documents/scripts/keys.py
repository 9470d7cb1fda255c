"""What is read of a key, each in its own Region."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from calls import client, code_of

USABLE_STATES = ("Enabled", "Updating")


@dataclass(frozen=True)
class Key:
    """A key as KMS describes it.

    `problem` says why CloudTrail cannot use the key, empty for a key that works. `is_known` is False where KMS did not tell:
    such a key has a problem too, but nobody can say that it does not work.
    """

    arn: str
    state: str
    problem: str
    is_known: bool


def region_of(key: str, region: str) -> str:
    """The Region in which a key is to be asked: that of its ARN, or else the automation's."""
    return key.split(":")[3] if key.startswith("arn:") else region


def describe_key(key: str, region: str) -> Key:
    """Asks KMS for a key by ARN, alias or id, in the key's own Region."""
    place = region_of(key, region)
    try:
        metadata = client("kms", place).describe_key(KeyId=key)["KeyMetadata"]
    except (ClientError, BotoCoreError) as error:
        if code_of(error) in ("NotFoundException", "InvalidArnException"):
            return Key("", "", f"KMS knows no such key in Region {place} (NotFoundException)", is_known=True)
        return Key("", "", f"KMS in Region {place} does not tell its state ({code_of(error)})", is_known=False)
    state, manager = metadata.get("KeyState", ""), metadata.get("KeyManager", "")
    if not state or not manager:
        return Key(metadata["Arn"], state, "KMS does not tell its state and manager", is_known=False)
    return Key(metadata["Arn"], state, problem_with(metadata), is_known=True)


def problem_with(metadata: dict[str, Any]) -> str:
    """Why CloudTrail cannot use a key, or must not; empty for a key that works. What is absent is not held against it."""
    spec = metadata.get("KeySpec") or metadata.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = metadata.get("KeyUsage") or "ENCRYPT_DECRYPT"
    if metadata["KeyManager"] != "CUSTOMER":
        return f"its KeyManager is {metadata['KeyManager']}, not CUSTOMER"
    if (spec, usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return f"it is {spec} for {usage}, not SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT"
    if metadata["KeyState"] in USABLE_STATES:
        return ""
    date = metadata.get("DeletionDate")
    return f"its KeyState is {metadata['KeyState']}" + (f", to be deleted on {date:%Y-%m-%d}" if date else "")
