"""A simple version of the rule with boto3, as people would write it. Prints its cost like invoke.cjs."""

import json
import os
import resource
import sys
import time

import boto3

_, event_file, turns = sys.argv
kms = boto3.client("kms")
config = boto3.client("config")


def handler(event):
    item = json.loads(event["invokingEvent"])["configurationItem"]
    key = kms.describe_key(KeyId=item["configuration"]["kmsKeyId"])["KeyMetadata"]
    usable = key["KeyManager"] == "CUSTOMER" and key["KeyState"] == "Enabled"
    evaluation = {
        "ComplianceResourceType": item["resourceType"],
        "ComplianceResourceId": item["resourceId"],
        "ComplianceType": "COMPLIANT" if usable else "NON_COMPLIANT",
        "OrderingTimestamp": item["configurationItemCaptureTime"],
    }
    config.put_evaluations(Evaluations=[evaluation], ResultToken=event["resultToken"])


def cost():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu": (usage.ru_utime + usage.ru_stime) * 1000,
        "wall": time.time() * 1000 - float(os.environ["STARTED_AT"]),
        "memory": usage.ru_maxrss / 1000,
    }


def of_turn(before, after, count):
    return {
        "cpu": (after["cpu"] - before["cpu"]) / count,
        "wall": (after["wall"] - before["wall"]) / count,
        "memory": after["memory"],
    }


with open(event_file, encoding="utf-8") as file:
    EVENT = json.load(file)
handler(EVENT)
first = cost()
if turns == "0":
    print(json.dumps(first))
else:
    for _ in range(int(turns)):
        handler(EVENT)
    print(json.dumps(of_turn(first, cost(), int(turns))))
