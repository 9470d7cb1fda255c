"""Sets the key of a trail, in the steps that change trails. Before each attempt, the trail is read again."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from calls import CHANGES, Refusal, client, code_of, retried, shown
from trails import read_trail

# Not a multiple of the pause, so that the number of attempts does not depend on milliseconds.
CHANGE_SECONDS = 175
READ_BACK_SECONDS = 28
PAUSE_SECONDS = 10
READ_BACK_PAUSE_SECONDS = 5
# CloudTrail did not make the change.
RETRYABLE = ("ConflictException", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")
NOT_SENT = (ConnectTimeoutError, EndpointConnectionError)
FIRST_SERVER_ERROR = 500
IN_ORGANIZATION = "Only the management account of the organization, or a CloudTrail delegated administrator account, can change an organization trail. Run this document there."
EXPLANATIONS = {
    "CloudTrailAccessNotEnabledException": "Enable trusted access for CloudTrail in AWS Organizations.",
    "InsufficientDependencyServiceAccessPermissionException": "For an organization trail, the role needs the permissions for AWS Organizations that the Trailkey stack grants.",
    "NotOrganizationManagementAccountException": IN_ORGANIZATION,
    "NotOrganizationMasterAccountException": IN_ORGANIZATION,
}


@dataclass(frozen=True)
class Change:
    """A change of the key of a trail from `before` to `key`; `none` for no key. `deadline` is the time of the last attempt."""

    arn: str
    before: str
    key: str
    region: str
    account: str
    deadline: float


def update(events: dict[str, str], context: Any) -> dict[str, str]:
    """Step UpdateTrail of Trailkey-EncryptTrail."""
    change = change_of(events, events["PreviousKmsKeyId"], events["TargetKeyArn"])
    return {"Changed": "Yes" if set_key(change) else "No"}


def test_key(events: dict[str, str], context: Any) -> None:
    """Step UpdateTrail of Trailkey-RestoreKey: sets the same key again, so that CloudTrail tests it."""
    set_key(change_of(events, events["TrailKmsKeyId"], events["KeyArn"]))


def back_out(events: dict[str, str], context: Any) -> dict[str, str]:
    """Step SetPreviousKey of Trailkey-BackOut."""
    set_key(change_of(events, events["ExpectedKmsKeyId"], events["PreviousKmsKeyId"]))
    return {"Message": f"The KMS key of trail {events['TrailArn']} is {events['PreviousKmsKeyId']}."}


def change_of(events: dict[str, str], before: str, key: str) -> Change:
    return Change(events["TrailArn"], before, key, events["Region"], events["Account"], time.time() + CHANGE_SECONDS)


def set_key(change: Change) -> bool:
    """Sets the key until CloudTrail accepts it, and reads it back. Returns whether this made a change.

    Reads the trail before each attempt: the trail can already have the key, and a trail with a third key is left as it is.
    """
    trails = client("cloudtrail", change.region, CHANGES)
    while True:
        now = shown(retried(lambda: read_trail(change.arn, change.region, change.account)).key)
        if now == change.key != change.before:
            return False
        if now != change.before:
            raise Refusal(f"The key of trail {change.arn} is now {now}, not {change.before}: it was changed in the meantime. This step changed nothing. Check who changed it before you start the automation again.")
        try:
            trails.update_trail(Name=change.arn, KmsKeyId="" if change.key == "none" else change.key)
        except (ClientError, BotoCoreError) as error:
            if is_lost(error):
                read_back(change, f"The response of CloudTrail was lost ({code_of(error)})")
                return True
            if not is_retryable(error) or time.time() >= change.deadline:
                raise Exception(refused(change, error)) from error
            time.sleep(PAUSE_SECONDS)
        else:
            read_back(change, "CloudTrail accepted the change")
            return True


def is_retryable(error: Exception) -> bool:
    return code_of(error) in RETRYABLE or isinstance(error, NOT_SENT)


def is_lost(error: Exception) -> bool:
    """Whether CloudTrail can have made the change although its answer did not arrive. It is not sent again: reading back decides."""
    if isinstance(error, ClientError):
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= FIRST_SERVER_ERROR
    return isinstance(error, BotoCoreError) and not isinstance(error, NOT_SENT)


def refused(change: Change, error: Exception) -> str:
    explanation = EXPLANATIONS.get(code_of(error), "")
    if is_retryable(error):
        explanation = "CloudTrail was busy for three minutes. Start the automation again later."
    return f"The key of trail {change.arn} is still {change.before}, not {change.key}: {error} {explanation}".strip()


def read_back(change: Change, answer: str) -> None:
    """Waits until the trail has the key that was requested."""
    deadline = time.time() + READ_BACK_SECONDS
    while not has_key(change, now := current_key(change)):
        if time.time() >= deadline:
            raise Exception(f"{answer}, and trail {change.arn} has the key {now}, not {change.key}. Check the trail, and start the automation again.")
        time.sleep(READ_BACK_PAUSE_SECONDS)


def has_key(change: Change, now: str) -> bool:
    """CloudTrail replaces an alias or a key ID with the ARN of the key."""
    is_name = change.key != "none" and ":key/" not in change.key
    return now == change.key or (is_name and ":key/" in now and now != change.before)


def current_key(change: Change) -> str:
    try:
        return shown(read_trail(change.arn, change.region, change.account).key)
    except (ClientError, BotoCoreError) as error:
        return f"unknown ({code_of(error)})"
