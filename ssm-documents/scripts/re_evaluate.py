"""Step ReEvaluate: reports the result, and starts an evaluation of the AWS Config rule."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from calls import client, code_of, shown

# AWS Config adds a suffix to the name of a rule in a conformance pack.
PACK_SUFFIX = "-conformance-pack-"
MAX_RULES = 25
LATER = "The next scheduled evaluation of the rule includes the trail."


def re_evaluate(events: dict[str, str], context: Any) -> dict[str, str]:
    return {"Message": shown(f"Trail {events['TrailArn']} has key {events['KeyArn']}. {evaluate(events['ConfigRuleName'], events['Region'])}")}


def evaluate(name: str, region: str) -> str:
    """Starts the evaluation. A failure is not a failure of the automation, because the rule also runs on its own."""
    if name == "none":
        return f"No rule was specified. {LATER}"
    config = client("config", region)
    try:
        rules = rules_named(name, region)
        if not rules:
            return f"No AWS Config rule has the name {name}, alone or in a conformance pack. {LATER}"
        config.start_config_rules_evaluation(ConfigRuleNames=rules)
    except (ClientError, BotoCoreError) as error:
        return f"The rule {name} was not evaluated ({code_of(error)}). {LATER}"
    return f"The evaluation of {', '.join(rules)} was started."


def rules_named(name: str, region: str) -> list[str]:
    """The rule, and the rules of conformance packs that are made from it."""
    pages = client("config", region).get_paginator("describe_config_rules").paginate()
    names = [rule["ConfigRuleName"] for page in pages for rule in page["ConfigRules"]]
    return [found for found in names if found == name or found.startswith(name + PACK_SUFFIX)][:MAX_RULES]
