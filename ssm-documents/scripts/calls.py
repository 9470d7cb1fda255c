"""AWS clients, and the format of outputs.

The build copies this file into each script that imports it, because Automation runs one file per step.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SETTINGS = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=20)
# The length of an output value is 1 to 512 characters.
MAX_CHARS = 512


class Refusal(Exception):
    """Why nothing is changed: a sentence for the output of the step."""


def client(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region, config=SETTINGS)


def code_of(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


def shown(text: str | None) -> str:
    """A text as an output value: one line, at most 512 characters, `none` if empty."""
    line = " ".join((text or "").split()) or "none"
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 3] + "..."
