"""Checks the policies of docs/policies, which are read from standard input by name, against the models of botocore and the validator of moto.

Writes the problems as JSON: actions that are not operations of their service, and identity policies that IAM would refuse.
"""

import fnmatch
import json
import sys

import botocore.session
from moto.iam.policy_validation import IAMPolicyDocumentValidator

# Actions without an operation of that name.
PERMISSIONS_ONLY = {
    "cloudformation:TagResource",
    "iam:PassRole",
    "kms:*",
    "s3:GetEncryptionConfiguration",
    "s3:ListBucket",
    "s3:ListTagsForResource",
    "s3:PutEncryptionConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
}

models = botocore.session.get_session()


def list_of(value):
    return value if isinstance(value, list) else [value]


def action_problems(action):
    service, operation = action.split(":")
    operations = models.get_service_model(service).operation_names
    if action in PERMISSIONS_ONLY or fnmatch.filter(operations, operation):
        return []
    return [f"{action} is not an operation"]


def validator_problems(policy):
    try:
        IAMPolicyDocumentValidator(json.dumps(policy)).validate()
    except Exception as error:
        return [str(error)]
    return []


def problems(policy):
    is_document = isinstance(policy, dict)
    statements = policy["Statement"] if is_document else policy
    found = [
        problem
        for statement in statements
        for action in list_of(statement["Action"])
        for problem in action_problems(action)
    ]
    is_identity = is_document and not any("Principal" in statement for statement in statements)
    return found + (validator_problems(policy) if is_identity else [])


json.dump({name: problems(policy) for name, policy in json.load(sys.stdin).items()}, sys.stdout)
