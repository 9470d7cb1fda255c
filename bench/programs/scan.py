"""How a simple script evaluates the trails of many accounts: one Region after another."""

import sys

import boto3

_, regions, *roles = sys.argv
sts = boto3.client("sts")
for role in roles:
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="scan")["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
    )
    for region in regions.split(","):
        for trail in session.client("cloudtrail", region).describe_trails()["trailList"]:
            if trail["HomeRegion"] == region and "KmsKeyId" in trail:
                key = session.client("kms", region).describe_key(KeyId=trail["KmsKeyId"])
                print(trail["Name"], key["KeyMetadata"]["KeyState"])
