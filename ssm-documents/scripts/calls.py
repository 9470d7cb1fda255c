"""AWS clients, and the format of outputs.

The build copies this file into each script that imports it, because Automation runs one file per step.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# A read takes at most about 30 seconds with all its attempts: a script must end within 600 seconds.
READS = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=3, read_timeout=6)
# A change is sent once: before it is sent again, its script reads the resource again.
CHANGES = Config(retries={"mode": "standard", "max_attempts": 1}, connect_timeout=3, read_timeout=25)
READ_ATTEMPTS = 3
READ_PAUSE_SECONDS = 5
# The length of an output value is 1 to 512 characters.
MAX_CHARS = 512

Result = TypeVar("Result")


class Refusal(Exception):
    """Why nothing is changed: a sentence for the output of the step."""


def client(service: str, region: str, settings: Config = READS) -> Any:
    return boto3.client(service, region_name=region, config=settings)


def code_of(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


def retried(read: Callable[[], Result]) -> Result:
    """Reads again after a failure: a single one, even a denial, can be temporary."""
    for _ in range(READ_ATTEMPTS - 1):
        try:
            return read()
        except (ClientError, BotoCoreError):
            time.sleep(READ_PAUSE_SECONDS)
    return read()


def shown(text: str | None) -> str:
    """A text as an output value: one line, at most 512 characters, `none` if empty."""
    line = " ".join((text or "").split()) or "none"
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 3] + "..."
