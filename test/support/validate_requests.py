"""Holds recorded requests against botocore's service models: names, types, required fields, lengths and patterns."""

import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

SERVICES = {
    "StarlingDoveService": "config",
    "TrentService": "kms",
    "CloudTrail_20131101": "cloudtrail",
    "com": "cloudtrail",
    "AWSEvents": "events",
    "AmazonSSM": "ssm",
    "Logs_20140328": "logs",
    "AWSOrganizationsV20161128": "organizations",
    "sts": "sts",
    "GraniteServiceVersion20100801": "cloudwatch",
    "Logs_20140328": "logs",
    "sns": "sns",
    "SecurityHub": "securityhub",
}


def patterns(shape, value, path):
    """botocore's own validator leaves patterns and enumerations out."""
    if value is None:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from patterns(member, value.get(name), f"{path}.{name}")
    elif shape.type_name == "list":
        for entry in value:
            yield from patterns(shape.member, entry, f"{path}[]")
    elif shape.type_name == "string":
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"


def typed(shape, body):
    """The Query protocol of STS writes numbers as text, as every form does."""
    whole = {name for name, member in shape.members.items() if member.type_name == "integer"}
    return {name: int(value) if name in whole and str(value).isdigit() else value for name, value in body.items()}


def main(path):
    session = botocore.session.get_session()
    models, count, wrong = {}, 0, []
    for line in open(path, encoding="utf-8"):
        call = json.loads(line)
        if call["service"] == "s3":  # Its requests are not JSON; moto takes those of the acceptance run.
            continue
        service = SERVICES[call["service"]]
        model = models.setdefault(service, session.get_service_model(service))
        shape = model.operation_model(call["operation"]).input_shape
        body = typed(shape, call["body"]) if service == "sts" else call["body"]
        report = ParamValidator().validate(body, shape)
        problems = [report.generate_report()] if report.has_errors() else []
        wrong += [f"{call['operation']}: {text}" for text in problems + list(patterns(shape, body, ""))]
        count += 1
    for text in sorted(set(wrong)):
        print(text)
    print(f"{count} requests", file=sys.stderr)
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
