"""Runs the built scripts of the documents against a model of AWS in virtual time, with every kind of disturbance at every call.

Usage: model.py DOCUMENTS RUNS. DOCUMENTS is a JSON file with the built documents by name. Prints a summary in JSON: the number of runs, how
often each disturbance and each end occurred, and the first violations of the invariant. test/long/remediation-model.test.ts runs it.
"""

import collections
import datetime
import itertools
import json
import random
import re
import sys
import threading
import types

from botocore.exceptions import ClientError, ReadTimeoutError

ACCOUNT, REGION = "111122223333", "eu-west-1"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"
TARGET, PREVIOUS, OTHER_TARGET, THIRD = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{n}{n}{n}{n}abcd-12ab-34cd-56ef-1234567890ab" for n in "1234")
START = 1_767_614_400.0
# As long as a call takes with all its attempts and pauses.
READ_SECONDS, UPDATE_SECONDS = 30, 28
INTERVAL, SCRIPT_LIMIT = 300, 600
# With fewer runs, not every call is disturbed.
COMPLETE_RUNS = 10_000
DISTURBANCES = ("denied", "throttled", "conflict", "server-error", "lost", "lost-applied", "slow", "killed", "third-key", "no-key", "target-key")
PERSONS = {"third-key": THIRD, "no-key": "", "target-key": TARGET}


class Killed(BaseException):
    """The step has timed out: nothing in the script notices."""


class World:
    """A trail, its bucket and its keys. `key` is empty for none."""

    def __init__(self, rng, **facts):
        self.rng, self.now = rng, START
        self.key = facts["previous"]
        self.usable = set(facts["usable"])
        self.states = facts.get("states", {})
        self.unreadable = set(facts.get("unreadable", ()))
        self.interval, self.spread = facts.get("interval", 290), facts.get("spread", 120)
        self.shows_attempts, self.quiet = facts.get("shows_attempts", True), facts.get("quiet", False)
        self.busy_until = START + facts.get("busy", 0)
        self.transient = set(facts.get("transient", ()))
        self.always_slow = facts.get("always_slow", False)
        self.history = [(0.0, self.key)]
        self.next_attempt = START + facts.get("first_attempt", 60)
        self.attempts = []
        self.attempted_at = self.delivered_at = START - 100
        self.error = facts.get("error", "")
        if self.error:
            self.delivered_at = START - 4000
        self.persons_changed = False
        self.scheduler = None

    def pass_time(self, seconds):
        if self.scheduler:
            self.scheduler.pause(seconds)
        else:
            self.move_to(self.now + seconds)

    def move_to(self, time):
        while self.next_attempt <= time:
            if not self.quiet:
                self.attempt(self.next_attempt)
            self.next_attempt += self.interval
        self.now = max(self.now, time)

    def attempt(self, time):
        used = [key for since, key in self.history if since <= time - self.spread or since == 0.0][-1]
        index = len(self.attempts)
        self.error = "SlowDown" if index in self.transient else "" if used in self.usable else "AccessDenied"
        self.attempts.append((time, used, self.error))
        self.attempted_at = time
        if not self.error:
            self.delivered_at = time

    def set_key(self, key):
        self.key = key
        self.history.append((self.now, key))

    def delivers(self):
        return self.key in self.usable


class Run:
    """One automation, and what it did."""

    def __init__(self, world, document, scripts, parameters, plan):
        self.world, self.document, self.scripts = world, document, scripts
        self.parameters, self.plan = parameters, plan
        self.calls, self.reads, self.updates, self.messages, self.disturbed = 0, [], [], [], []
        self.values, self.path, self.status, self.durations = {}, [], "Success", {}
        self.statuses, self.replaced_at = [], None

    def execute(self):
        self.values = {"global:REGION": REGION, "global:ACCOUNT_ID": ACCOUNT, **self.parameters}
        steps = {step["name"]: step for step in self.document["mainSteps"]}
        order = list(steps)
        name = order[0]
        while name:
            step = steps[name]
            self.path.append(name)
            following = dict(zip(order, order[1:])).get(name)
            if step["action"] == "aws:branch":
                name = self.choose(step["inputs"])
                continue
            is_good = step["action"] != "aws:executeScript" or self.run_script(step)
            if is_good:
                name = None if step.get("isEnd") else step.get("nextStep", following)
                continue
            on_failure = step.get("onFailure", "Abort")
            if on_failure != "Continue":
                self.status = "Failed"
            name = on_failure.removeprefix("step:") if on_failure.startswith("step:") else None

    def choose(self, inputs):
        for choice in inputs["Choices"]:
            if any(self.resolve(one["Variable"]) == one["StringEquals"] for one in choice.get("Or", [choice])):
                return choice["NextStep"]
        return inputs["Default"]

    def resolve(self, text):
        return re.sub(r"\{\{ ([\w.:]+) \}\}", lambda match: self.values[match[1]], text)

    def run_script(self, step):
        inputs = step["inputs"]
        payload = {name: self.resolve(value) for name, value in inputs.get("InputPayload", {}).items()}
        script = self.scripts[self.document["name"], step["name"]]
        ACTIVE.run = self
        start = self.world.now
        try:
            result = script[inputs["Handler"]](payload, None)
        except Killed:
            self.messages.append("Step timed out.")
            return False
        except Exception as error:
            self.messages.append(str(error))
            return False
        finally:
            self.durations[step["name"]] = self.world.now - start
        for output in step.get("outputs", []):
            value = result[output["Selector"].split(".")[2]]
            assert isinstance(value, str) and 1 <= len(value) <= 512, value
            self.values[f"{step['name']}.{output['Name']}"] = value
            if output["Name"] == "Message":
                self.messages.append(value)
        return True

    def disturb(self, operation):
        """The disturbance of this call, if the plan has one for it."""
        index, self.calls = self.calls, self.calls + 1
        kind = self.plan(index, operation)
        if kind:
            self.disturbed.append((kind, self.path[-1]))
        is_update = operation == "update_trail"
        slow = (UPDATE_SECONDS if is_update else READ_SECONDS) if kind == "slow" or self.world.always_slow else 0.2
        self.world.pass_time(slow)
        if kind in PERSONS:
            self.world.set_key(PERSONS[kind])
            self.world.persons_changed = True
            self.replaced_at = index
        if kind == "killed":
            raise Killed
        if kind == "denied":
            raise refusal("AccessDeniedException", operation)
        if kind == "throttled":
            raise refusal("ThrottlingException", operation)
        if kind == "conflict" and is_update or is_update and self.world.now < self.world.busy_until:
            raise refusal("ConflictException", operation)
        if kind == "server-error":
            raise refusal("InternalFailure", operation, 500)
        if kind == "lost" or kind == "lost-applied" and not is_update:
            raise ReadTimeoutError(endpoint_url="https://example.invalid")
        return kind


class Active(threading.local):
    run = None


ACTIVE = Active()


def refusal(code, operation, status=400):
    return ClientError({"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)


class Client:
    def __getattr__(self, operation):
        def call(**arguments):
            run = ACTIVE.run
            kind = run.disturb(operation)
            return ANSWERS[operation](run, arguments, kind)

        return call


def get_trail(run, _arguments, _kind):
    run.reads.append((run.calls, run.world.key))
    return {"Trail": {"TrailARN": TRAIL, **({"KmsKeyId": run.world.key} if run.world.key else {})}}


def get_trail_status(run, _arguments, _kind):
    world = run.world
    run.statuses.append(run.calls)
    status = {"IsLogging": True, "LatestDeliveryTime": datetime.datetime.fromtimestamp(world.delivered_at, datetime.timezone.utc)}
    if world.error:
        status["LatestDeliveryError"] = world.error
    if world.shows_attempts:
        status["LatestDeliveryAttemptTime"] = datetime.datetime.fromtimestamp(world.attempted_at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return status


def update_trail(run, arguments, kind):
    world, key = run.world, arguments["KmsKeyId"]
    if key and world.states.get(key, "Enabled") != "Enabled":
        raise refusal("KmsException", "update_trail")
    run.updates.append((run.calls, key, run.path[-1]))
    world.set_key(key)
    if kind == "lost-applied":
        raise ReadTimeoutError(endpoint_url="https://example.invalid")
    return {"KmsKeyId": "arn:aws:kms:what-cloudtrail-answers"}


def describe_key(run, arguments, _kind):
    key = arguments["KeyId"]
    if key in run.world.unreadable:
        raise refusal("AccessDeniedException", "describe_key")
    return {"KeyMetadata": {"Arn": key, "KeyState": run.world.states.get(key, "Enabled"), "KeyManager": "CUSTOMER"}}


def set_state(run, arguments, _kind):
    for key in (TARGET, PREVIOUS):
        if key.endswith(arguments["KeyId"]):
            run.world.states[key] = "Enabled"
            run.world.usable.add(key)
    return {}


ANSWERS = {"get_trail": get_trail, "get_trail_status": get_trail_status, "update_trail": update_trail, "describe_key": describe_key, "enable_key": set_state}


class Scheduler:
    """Lets two runs take turns, by the time at which each goes on."""

    def __init__(self, world):
        self.world, self.rng = world, world.rng
        self.wakes, self.gates = {}, {}
        world.scheduler = self

    def run(self, runs):
        threads = [threading.Thread(target=self.work, args=(run, f"run-{index}"), name=f"run-{index}") for index, run in enumerate(runs)]
        for thread in threads:
            self.gates[thread.name] = threading.Semaphore(0)
            self.wakes[thread.name] = self.world.now + self.rng.choice((0, 0, 1, 20, 100, 400))
        for thread in threads:
            thread.start()
        self.next()
        for thread in threads:
            thread.join()

    def work(self, run, name):
        self.gates[name].acquire()
        run.execute()
        del self.wakes[name]
        self.next()

    def next(self):
        if self.wakes:
            name = min(self.wakes, key=lambda one: (self.wakes[one], self.rng.random()))
            self.world.move_to(self.wakes[name])
            self.gates[name].release()

    def pause(self, seconds):
        name = threading.current_thread().name
        self.wakes[name] = self.world.now + seconds
        self.next()
        self.gates[name].acquire()


def clock():
    module = types.ModuleType("time")
    module.time = lambda: ACTIVE.run.world.now
    module.sleep = lambda seconds: ACTIVE.run.world.pass_time(seconds)
    return module


def load_scripts(documents):
    scripts = {}
    boto3 = types.SimpleNamespace(client=lambda *_args, **_named: Client())
    for name, document in documents.items():
        document["name"] = name
        for step in document["mainSteps"]:
            if step["action"] == "aws:executeScript":
                module = types.ModuleType(f"{name}.{step['name']}")
                sys.modules[module.__name__] = module
                exec(compile(step["inputs"]["Script"], module.__name__, "exec"), vars(module))
                vars(module).update(boto3=boto3, time=clock())
                scripts[name, step["name"]] = vars(module)
    return scripts


# What the trail is like before the change.
WORLDS = [
    {"previous": previous, "usable": usable, **more}
    for previous, usable, more in (
        ("", ("", TARGET), {}),
        ("", ("",), {}),
        (PREVIOUS, (PREVIOUS, TARGET), {}),
        (PREVIOUS, (PREVIOUS,), {}),
        (PREVIOUS, (PREVIOUS,), {"unreadable": (PREVIOUS,)}),
        (PREVIOUS, (TARGET,), {"states": {PREVIOUS: "Disabled"}, "error": "AccessDenied"}),
        (PREVIOUS, (), {"states": {PREVIOUS: "Disabled"}, "error": "AccessDenied"}),
        (PREVIOUS, (PREVIOUS,), {"error": "SlowDown"}),
        (TARGET, (TARGET,), {}),
        (TARGET, (), {"error": "AccessDenied"}),
    )
]


def circumstances(rng):
    """What is independent of the keys."""
    return {
        "interval": rng.choice((60, 150, 290, 300)),
        "spread": rng.choice((0, 90, 179)),
        "first_attempt": rng.choice((1, 60, 170, 280)),
        "shows_attempts": rng.random() < 0.6,
        "quiet": rng.random() < 0.1,
        "busy": rng.choice((0, 0, 0, 60, 160, 400)),
        "transient": rng.choice(((), (), (0,), (1,), (2,), (1, 3))),
        "always_slow": rng.random() < 0.05,
    }


def parameters(rng, target=TARGET):
    return {
        "TrailName": TRAIL,
        "KmsKeyId": target,
        "Mode": "Apply",
        "ReplaceExistingKey": "Always",
        "DeliveryWaitSeconds": rng.choice(("480", "480", "480", "0", "200")),
        "ConfigRuleName": "none",
    }


def violations(run, facts):
    """What contradicts the invariant, in words."""
    world, found = run.world, []
    previous = run.values.get("Assess.PreviousKmsKeyId", "none")
    target = run.parameters["KmsKeyId"]
    seen = ["none" if key == "" else key for _, key in run.reads]
    # Between the last look and the end of the automation, and in the same look, nobody can notice a change.
    is_noticeable = run.replaced_at is not None and len(run.statuses) > 2 and run.statuses[-3] > run.replaced_at + 1
    if run.status == "Success" and (seen[-1] != target or is_noticeable and (world.key or "none") != target):
        found.append("success is reported for a trail that does not have the target key")
    for index, key, step in run.updates:
        before = [(at, read) for at, read in run.reads if at < index]
        expected = previous if step == "UpdateTrail" else target
        if before[-1][0] != index - 1 or (before[-1][1] or "none") != expected:
            found.append(f"step {step} overwrites a key that it did not expect")
    names = all(word in " ".join(run.messages) for word in (TRAIL, target, previous))
    advises = re.search(r"Check|start the automation|[Rr]un |Specify|Enable", " ".join(run.messages))
    touched = "UpdateTrail" in run.path
    if run.status == "Failed" and touched and not (names and advises):
        found.append("the failure does not name trail, both keys and the next step")
    delivered_before = facts["previous"] in facts["usable"]
    if delivered_before and run.updates and not world.persons_changed and not world.delivers():
        # Without the times of attempts, a failure cannot be told from an equal one before the change.
        can_tell = world.shows_attempts or "error" not in facts
        is_verified = can_tell and (run.values.get("VerifyDelivery.State") != "NotSeenYet" or run.parameters["DeliveryWaitSeconds"] == "480" and not world.quiet)
        if run.status == "Success" and is_verified:
            found.append("success is reported for a trail that no longer delivers")
        if run.status == "Failed" and not run.disturbed and not world.busy_until > START and not world.quiet and not world.always_slow:
            found.append("a trail that delivered no longer delivers, although nothing prevented the rollback")
    return found + rollback_violations(run) + duration_violations(run) + needless_failures(run, facts)


def rollback_violations(run):
    """A key with which CloudTrail delivers is not removed for a single error."""
    world = run.world
    rolled_back = [index for index, _, step in run.updates if step == "RollBack"]
    errors = [error for _, _, error in world.attempts]
    twice = any(first and second for first, second in zip(errors, errors[1:]))
    can_tell = world.shows_attempts or not world.quiet and world.interval < INTERVAL
    if rolled_back and run.parameters["KmsKeyId"] in world.usable and not twice and can_tell and not world.persons_changed:
        return ["a working key is rolled back for one error"]
    return []


def needless_failures(run, facts):
    """Conflicts for almost three minutes are waited for."""
    works = run.parameters["KmsKeyId"] in facts["usable"] and not any(error for _, _, error in run.world.attempts)
    if run.status == "Failed" and works and not run.disturbed and facts.get("busy", 0) < 170:
        return ["a change of a trail that is busy for less than three minutes fails"]
    return []


def duration_violations(run):
    return [f"step {step} takes {seconds:.0f} seconds" for step, seconds in run.durations.items() if seconds >= SCRIPT_LIMIT - 10]


class Report:
    def __init__(self):
        self.runs, self.found = 0, []
        self.ends, self.disturbances = collections.Counter(), collections.Counter()

    def add(self, runs, facts, check=violations):
        for run in runs:
            self.runs += 1
            self.ends[f"{run.document['name']} {run.status} after {run.path[-1]}"] += 1
            self.disturbances.update(f"{kind} in {step}" for kind, step in run.disturbed)
            for sentence in check(run, facts):
                self.found.append({"violation": sentence, "facts": {name: str(value) for name, value in facts.items()}, "disturbed": run.disturbed, "path": run.path, "updates": run.updates, "attempts": run.world.attempts, "durations": run.durations, "messages": run.messages, "parameters": run.parameters})


def one_run(documents, scripts, facts, given, plan, name="Trailkey-EncryptTrail"):
    world = World(random.Random(1), **facts)
    run = Run(world, documents[name], scripts, given, plan)
    run.execute()
    return run


def single_disturbances(documents, scripts, report, step):
    """Each disturbance at each call, or at every few calls, in each world."""
    for facts, shows_attempts in itertools.product(WORLDS, (True, False)):
        facts = {**facts, "shows_attempts": shows_attempts}
        given = {**parameters(random.Random(0)), "DeliveryWaitSeconds": "480"}
        undisturbed = one_run(documents, scripts, facts, given, lambda *_: None)
        report.add([undisturbed], facts)
        for index, kind in itertools.product(range(0, undisturbed.calls + 8, step), DISTURBANCES):
            report.add([one_run(documents, scripts, facts, given, lambda at, _, index=index, kind=kind: kind if at == index else None)], facts)


def many_disturbances(documents, scripts, report, runs):
    for seed in range(runs):
        rng = random.Random(seed)
        facts = {**rng.choice(WORLDS), **circumstances(rng)}
        rate = rng.choice((0, 0.02, 0.05, 0.2))
        # A person changes the key once at most.
        person = rng.randrange(60) if rng.random() < 0.3 else None
        kinds = [kind for kind in DISTURBANCES if kind not in PERSONS]

        def plan(at, _, rng=rng, rate=rate, person=person, kinds=kinds):
            if at == person:
                return rng.choice(tuple(PERSONS))
            return rng.choice(kinds) if rng.random() < rate else None

        report.add([one_run(documents, scripts, facts, parameters(rng), plan)], facts)


def two_runs(documents, scripts, report, runs):
    """Two automations for one trail, with equal and different targets."""
    for seed in range(runs):
        rng = random.Random(f"two-{seed}")
        facts = {**rng.choice(WORLDS[:5]), **circumstances(rng), "always_slow": False, "busy": 0}
        facts["usable"] = (*facts["usable"], *rng.choice(((), (OTHER_TARGET,))))
        world = World(rng, **facts)
        targets = (TARGET, rng.choice((TARGET, OTHER_TARGET)))
        pair = [Run(world, documents["Trailkey-EncryptTrail"], scripts, parameters(rng, target), lambda *_: None) for target in targets]
        Scheduler(world).run(pair)
        report.add(pair, facts, lambda run, _facts: pair_violations(run, pair))
        usable = facts["previous"] in facts["usable"] and not world.quiet
        waits = all(run.parameters["DeliveryWaitSeconds"] == "480" for run in pair)
        if usable and waits and not world.delivers() and all(run.status == "Success" for run in pair):
            report.found.append({"violation": "both runs succeed and the trail no longer delivers", "facts": {name: str(value) for name, value in facts.items()}})


def pair_violations(run, pair):
    """Both runs may set the same key, so an update can follow the other's. Two calls in the same instant cannot be told apart."""
    found = duration_violations(run)
    target = run.parameters["KmsKeyId"]
    previous = run.values.get("Assess.PreviousKmsKeyId", "none")
    if run.status == "Success" and (run.reads[-1][1] or "none") != target:
        found.append("success is reported for a trail that does not have the target key")
    for index, _, step in run.updates:
        before = [(at, read) for at, read in run.reads if at < index]
        if before[-1][0] != index - 1 or (before[-1][1] or "none") != (previous if step == "UpdateTrail" else target):
            found.append(f"step {step} overwrites the change of the other run")
    text = " ".join(run.messages)
    if run.status == "Failed" and "UpdateTrail" in run.path and not all(word in text for word in (TRAIL, target, previous)):
        found.append("the failure does not name trail and both keys")
    return found


def back_outs(documents, scripts, report, runs):
    for seed in range(runs):
        rng = random.Random(f"back-{seed}")
        previous = rng.choice((PREVIOUS, ""))
        facts = {"previous": TARGET, "usable": (TARGET, PREVIOUS, ""), "busy": rng.choice((0, 60, 160, 400))}
        given = {"TrailArn": TRAIL, "ExpectedKmsKeyId": TARGET, "PreviousKmsKeyId": previous or "none", "Logging": "Keep"}
        rate = rng.choice((0, 0.1, 0.3))
        plan = lambda _at, _operation, rng=rng, rate=rate: rng.choice(DISTURBANCES) if rng.random() < rate else None
        report.add([one_run(documents, scripts, facts, given, plan, "Trailkey-BackOut")], facts, back_out_violations)


def back_out_violations(run, _facts):
    found = duration_violations(run)
    asked = run.parameters["PreviousKmsKeyId"]
    if run.status == "Success" and (run.reads[-1][1] or "none") != asked:
        found.append("success is reported for a trail that does not have the previous key")
    for index, _, _ in run.updates:
        before = [(at, read) for at, read in run.reads if at < index]
        if before[-1] != (index - 1, TARGET):
            found.append("the back-out overwrites a key that it did not expect")
    return found


def restorations(documents, scripts, report, runs):
    for seed in range(runs):
        rng = random.Random(f"restore-{seed}")
        facts = {**circumstances(rng), "previous": TARGET, "usable": rng.choice(((), (TARGET,))), "states": {TARGET: "Disabled"}, "error": "KMS.DisabledException"}
        given = {"TrailName": TRAIL, "KeyArn": TARGET, "DeliveryWaitSeconds": "480", "ConfigRuleName": "none"}
        rate = rng.choice((0, 0.05, 0.2))
        plan = lambda _at, _operation, rng=rng, rate=rate: rng.choice(DISTURBANCES) if rng.random() < rate else None
        report.add([one_run(documents, scripts, facts, given, plan, "Trailkey-RestoreKey")], facts, restoration_violations)


def restoration_violations(run, _facts):
    found = duration_violations(run)
    if run.status == "Success" and run.reads[-1][1] != TARGET:
        found.append("success is reported for a trail that does not have the key")
    for index, key, _ in run.updates:
        before = [(at, read) for at, read in run.reads if at < index]
        if key != TARGET or before[-1] != (index - 1, TARGET):
            found.append("the restoration changes the key of the trail")
    return found


def main(path, runs):
    with open(path, encoding="utf-8") as file:
        documents = json.load(file)
    scripts, report = load_scripts(documents), Report()
    single_disturbances(documents, scripts, report, 1 if runs >= COMPLETE_RUNS else 9)
    many_disturbances(documents, scripts, report, runs)
    two_runs(documents, scripts, report, runs // 10)
    back_outs(documents, scripts, report, runs // 10)
    restorations(documents, scripts, report, runs // 10)
    kinds = collections.Counter(one["violation"] for one in report.found)
    print(json.dumps({"runs": report.runs, "ends": dict(report.ends.most_common()), "disturbances": dict(report.disturbances.most_common()), "violations": dict(kinds), "examples": list({one["violation"]: one for one in report.found}.values())}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
