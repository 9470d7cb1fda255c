"""Step Assess of Trailkey-EncryptTrail: reads the trail and both keys without changing anything, and decides."""

from typing import Any

from calls import Refusal, shown
from keys import Key, describe_key
from trails import Trail, concerns_key, read_delivery, read_trail

OUTPUTS = (
    "TrailArn",
    "TargetKeyArn",
    "PreviousKmsKeyId",
    "CurrentKeyProblem",
    "DeliveryErrorBefore",
    "RollBackPlan",
)


def assess(events: dict[str, str], context: Any) -> dict[str, str]:
    facts: dict[str, str] = dict.fromkeys(OUTPUTS, "")
    try:
        decision, reason = decide(events, facts)
    except Refusal as refusal:
        facts["RollBackPlan"] = ""
        decision, reason = "Blocked", str(refusal)
    return {name: shown(value) for name, value in {"Decision": decision, "Reason": reason, **facts}.items()}


def decide(events: dict[str, str], facts: dict[str, str]) -> tuple[str, str]:
    """Returns the decision and its reason, and fills in the facts."""
    region = events["Region"]
    trail = read_trail(events["TrailName"], region, events["Account"])
    error = read_delivery(trail.arn, region).error
    facts.update(TrailArn=trail.arn, PreviousKmsKeyId=trail.key, DeliveryErrorBefore=error)

    target = target_key(events)
    facts["TargetKeyArn"] = target.arn
    if trail.key == target.arn:
        return unchanged(trail, events["Mode"])
    present = describe_key(trail.key, region) if trail.key else None
    facts["CurrentKeyProblem"] = problem_of(present, error)
    if present is not None and present.arn != target.arn:
        check_replacement(trail, present, error, events["ReplaceExistingKey"])
    facts["RollBackPlan"] = roll_back_plan(present, error)

    change = f"the key of trail {trail.arn} from {shown(trail.key)} to {target.arn} ({target.state})"
    if trail.arn.split(":")[4] != events["Account"]:
        change += ". CloudTrail accepts this only if this account is a CloudTrail delegated administrator of the organization"
    if events["Mode"] == "DryRun":
        return "DryRun", f"Dry run: Mode Apply would change {change}. Nothing was changed."
    return "UpdateTrail", f"Changing {change}."


def unchanged(trail: Trail, mode: str) -> tuple[str, str]:
    has_it = f"Trail {trail.arn} already has key {trail.key}, and CloudTrail can use the key."
    if mode == "DryRun":
        return "DryRun", f"Dry run: {has_it} Mode Apply would change nothing and wait for a log delivery."
    return "NoChange", f"{has_it} No change is needed."


def target_key(events: dict[str, str]) -> Key:
    """The key to configure. Refuses a key that CloudTrail cannot use."""
    named = events["KmsKeyId"]
    key = describe_key(named, events["Region"])
    if not key.problem:
        return key
    where = f"account {events['Account']}, Region {events['Region']}"
    wanted = "Specify another key, or create one with the Trailkey template cloudformation/trail-key.yaml."
    if not key.is_known:
        wanted = "Allow the automation role to call kms:DescribeKey on the key, in IAM and in the key policy, or specify another key."
    raise Refusal(f"A trail in {where} cannot be configured with key {named}: {key.problem}. {wanted}")


def problem_of(present: Key | None, error: str) -> str:
    if present is None:
        return ""
    if present.problem or not concerns_key(error):
        return present.problem
    return f"the latest delivery failed with {error}"


def check_replacement(trail: Trail, present: Key, error: str, mode: str) -> None:
    """Refuses to replace a different key unless the parameter allows it. An unknown state does not count as unusable."""
    other = f"Trail {trail.arn} has a different key, {trail.key}"
    if mode == "Never":
        raise Refusal(f"{other}, and ReplaceExistingKey is Never. Choose IfUnusable or Always to replace it.")
    if mode == "Always" or concerns_key(error):
        return
    if not present.is_known:
        raise Refusal(f"{other}, and {present.problem}, so it might be usable. Allow kms:DescribeKey on it, or choose ReplaceExistingKey Always.")
    if not present.problem:
        raise Refusal(f"{other}, and CloudTrail can use that key (KeyState {present.state}). Choose ReplaceExistingKey Always to replace it.")


def roll_back_plan(present: Key | None, error: str) -> str:
    """How to roll back the change if delivery fails after it. CloudTrail tests a key of unknown state: only a key that is known not to work is not restored."""
    is_broken = present is not None and present.is_known and present.problem
    if is_broken or concerns_key(error):
        return "none"
    return "RemoveKey" if present is None else "RestorePreviousKey"
