import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Python, startPython } from '../support/automation/python.js';
import { ACCOUNT, REGION } from '../support/automation/small-documents.js';
import { folderOf } from '../support/files.js';
import { type Answers, type Faults, type StandIn, startStandIn } from '../support/stand-in.js';

const START = Date.parse('2026-01-05T03:00:00Z');
const MINUTE_MS = 60_000;

let now = START;
let slept: number[] = [];
let answers: Answers = {};
let faults: Faults = () => undefined;
let standIn: StandIn;
let python: Python;

const advance = (seconds: number): void => {
  slept.push(seconds);
  now += seconds * 1000;
};
const environmentAt = (endpoint: string) => ({
  endpoint,
  region: REGION,
  accountId: ACCOUNT,
  advance,
  now: () => now,
});

beforeAll(async () => {
  standIn = await startStandIn(
    () => answers,
    (call, earlier) => faults(call, earlier),
  );
  python = await startPython(environmentAt(standIn.url));
});
afterAll(async () => {
  python?.stop();
  await standIn?.close();
});
beforeEach(() => {
  now = START;
  slept = [];
  answers = {};
  faults = () => undefined;
  standIn.calls.length = 0;
});

const run = (text: string, payload: Record<string, unknown> = {}, runtime = 'python3.11') =>
  python.runScript({ step: 'one', text, handler: 'main', runtime, payload });

/** A script whose handler has this body. */
const script = (...body: readonly string[]): string =>
  [
    'import boto3, datetime, time',
    '',
    'def main(events, context):',
    ...body.map((line) => `    ${line}`),
  ].join('\n');

it('gives the handler its payload, and takes what it returns', async () => {
  const payload = { text: 'schlüssel', list: [1, true, null], nested: { a: 1.5 } };

  expect(await run(script('return {"got": events, "pair": (1, 2)}'), payload)).toEqual({
    payload: { got: payload, pair: [1, 2] },
  });
  expect(await run(script('pass'))).toEqual({ payload: null });
});

it('runs classes, functions and imports as a file of its own would', async () => {
  const text = `
from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class Trail:
    arn: str
    key: "str | None" = None

def other(trail: Trail) -> str:
    return trail.arn

def main(events: dict[str, Any], context: Any) -> Any:
    return {"arn": other(Trail("a")), "name": __name__}
`;

  expect(await run(text)).toEqual({ payload: { arn: 'a', name: 'customer_script' } });
});

it('keeps what scripts print out of the answers', async () => {
  expect(await run(script('print("{\\"payload\\": 1}", flush=True)', 'return 2'))).toEqual({ payload: 2 });
});

describe('a script that fails', () => {
  it.each([
    ['raise Exception("The trail has no key.")', 'Exception: The trail has no key.'],
    ['return events["missing"]', "KeyError: 'missing'"],
    ['raise ValueError', 'ValueError'],
    ['return 1 / 0', 'ZeroDivisionError: division by zero'],
    ['exit(3)', 'SystemExit: 3'],
    ['return datetime.datetime.now()', 'TypeError: Object of type datetime is not JSON serializable'],
    ['return float("nan")', 'ValueError: Out of range float values are not JSON compliant'],
    ['return time.sleep(-1)', 'ValueError: sleep length must be non-negative'],
  ])('by %s says so as the console does', async (body, error) => {
    expect(await run(script(body))).toEqual({ error: expect.stringContaining(error) });
  });

  it.each([
    ['def main(:', 'SyntaxError: '],
    ['def other(events, context): pass', "AttributeError: module 'customer_script' has no attribute 'main'"],
    ['def main(events): pass', 'TypeError: main() takes 1 positional argument but 2 were given'],
    ['import nothing_such\ndef main(events, context): pass', 'ModuleNotFoundError: No module named'],
  ])('before its handler runs says so: %s', async (text, error) => {
    expect(await run(text)).toEqual({ error: expect.stringContaining(error) });
  });

  it('leaves nothing behind for the next one', async () => {
    await run(
      `import boto3, os\nleft = 1\nos.environ["AWS_DEFAULT_REGION"] = "us-east-1"\nboto3.setup_default_session(region_name="us-east-2")\n${script('raise Exception("x")')}`,
    );
    const text = script(
      'import os',
      'return [boto3.client("kms").meta.region_name, os.environ["AWS_DEFAULT_REGION"], "left" in globals()]',
    );

    expect(await run(text)).toEqual({ payload: [REGION, REGION, false] });
  });
});

describe('calls', () => {
  it.each([
    ['kms', 'DescribeKey', 'describe_key(KeyId="a")', 'TrentService', { KeyId: 'a' }],
    ['cloudtrail', 'GetTrail', 'get_trail(Name="audit")', 'CloudTrail_20131101', { Name: 'audit' }],
    [
      'config',
      'StartConfigRulesEvaluation',
      'start_config_rules_evaluation(ConfigRuleNames=["r"])',
      'StarlingDoveService',
      { ConfigRuleNames: ['r'] },
    ],
  ])('of %s go to the endpoint, signed for their Region', async (...row) => {
    const [service, operation, call, target, body] = row;
    answers = { [operation]: () => ({}) };

    await run(
      script(
        `boto3.client("${service}").${call}`,
        `boto3.client("${service}", region_name="eu-central-1").${call}`,
      ),
    );

    expect(standIn.calls).toMatchObject([
      { service: target, operation, region: REGION, body },
      { service: target, operation, region: 'eu-central-1', body },
    ]);
  });

  it('that are refused raise what they raise in AWS', async () => {
    faults = () => ({ error: 'NotFoundException', message: 'No such key.' });
    const caught = script(
      'kms = boto3.client("kms")',
      'try:',
      '    kms.describe_key(KeyId="a")',
      'except kms.exceptions.NotFoundException as error:',
      '    return error.response["Error"]["Code"]',
    );

    expect(await run(caught)).toEqual({ payload: 'NotFoundException' });
    expect(await run(script('boto3.client("kms").describe_key(KeyId="a")'))).toEqual({
      error:
        'NotFoundException: An error occurred (NotFoundException) when calling the DescribeKey operation: No such key.',
    });
  });

  it('that are no calls of that service are refused by its model', async () => {
    expect(await run(script('boto3.client("kms").describe_key(Key="a")'))).toEqual({
      error: expect.stringContaining('ParamValidationError: Parameter validation failed'),
    });
  });

  it.each(['legacy', 'standard'])('are tried again in virtual time (%s)', async (mode) => {
    faults = (_, earlier) => (earlier < 3 ? 'throttle' : undefined);
    answers = { DescribeKey: () => ({ KeyMetadata: { KeyId: 'a' } }) };
    const text = script(
      'from botocore.config import Config',
      `kms = boto3.client("kms", config=Config(retries={"mode": "${mode}", "max_attempts": 4}))`,
      'return kms.describe_key(KeyId="a")["KeyMetadata"]["KeyId"]',
    );

    expect(await run(text)).toEqual({ payload: 'a' });
    expect(standIn.calls.length).toBe(4);
    expect(slept.length).toBe(3);
  });
});

describe('time', () => {
  it('passes where scripts sleep, and nowhere else', async () => {
    const text = script(
      'start = time.time()',
      'for _ in range(48):',
      '    time.sleep(10)',
      'return [start, time.time() - start, time.monotonic() - start, time.time_ns()]',
    );

    const result = await run(text);

    expect(result).toEqual({ payload: [START / 1000, 480, 480, (START + 480_000) * 1_000_000] });
    expect(slept).toEqual(Array(48).fill(10));
  });

  it('is the same by every clock', async () => {
    const text = script(
      'from datetime import datetime as instant, date, timezone',
      'from time import sleep, gmtime, strftime',
      'sleep(60)',
      'utc = timezone.utc',
      'return [instant.now(utc).isoformat(), instant.utcnow().isoformat(), datetime.datetime.now(tz=utc).isoformat(),',
      '    instant.fromtimestamp(time.time(), utc).isoformat(), strftime("%H:%M", gmtime()), date.today().year,',
      '    instant.today() == instant.now()]',
    );
    const at = '2026-01-05T03:01:00';

    expect(await run(text)).toEqual({
      payload: [`${at}+00:00`, at, `${at}+00:00`, `${at}+00:00`, '03:01', 2026, true],
    });
  });

  it('is comparable with the instants that boto3 gives', async () => {
    answers = { GetTrailStatus: () => ({ LatestDeliveryTime: START / 1000 + 300 }) };
    const text = script(
      'status = boto3.client("cloudtrail").get_trail_status(Name="audit")',
      'delivered = status["LatestDeliveryTime"]',
      'now = datetime.datetime.now(datetime.timezone.utc)',
      'return [delivered > now, (delivered - now).total_seconds(), isinstance(delivered, datetime.datetime),',
      '    isinstance(delivered, datetime.date), isinstance("x", datetime.datetime)]',
    );

    expect(await run(text)).toEqual({ payload: [true, 300, true, true, false] });
  });

  it('changes what services answer', async () => {
    answers = {
      DescribeKey: () => ({
        KeyMetadata: { KeyState: now < START + 8 * MINUTE_MS ? 'Updating' : 'Enabled' },
      }),
    };
    const text = script(
      'kms, waited = boto3.client("kms"), 0',
      'while kms.describe_key(KeyId="a")["KeyMetadata"]["KeyState"] != "Enabled":',
      '    time.sleep(30)',
      '    waited += 30',
      'return waited',
    );

    expect(await run(text)).toEqual({ payload: 480 });
  });

  it('that scripts wait by does not reach the signing of their calls', async () => {
    answers = { DescribeKey: () => ({}) };
    now = 0;
    const text = script(
      'sent = []',
      'kms = boto3.client("kms")',
      'kms.meta.events.register("before-send.*", lambda request, **_: sent.append(request.headers["X-Amz-Date"]))',
      'kms.describe_key(KeyId="a")',
      'return [time.time(), sent[0].decode()[:4]]',
    );

    expect(await run(text)).toEqual({ payload: [0, String(new Date().getFullYear())] });
  });
});

it('runs scripts one after another, in the order in which they came', async () => {
  const texts = [1, 2, 3].map((count) => script(`time.sleep(${count})`, `return ${count}`));

  const results = await Promise.all(texts.map((text) => run(text)));

  expect(results).toEqual([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
  expect(slept).toEqual([1, 2, 3]);
});

describe('a machine', () => {
  const starting = () => startPython(environmentAt(standIn.url));

  it('without python3 is told how to install it', async () => {
    vi.stubEnv('PATH', await folderOf());
    onTestFinished(() => void vi.unstubAllEnvs());

    await expect(starting()).rejects.toThrow(
      'python3 is not on this machine. This needs Python 3.11 or later with boto3: pip install boto3',
    );
  });

  it('without boto3 is told how to install it', async () => {
    const folder = await folderOf({ 'boto3.py': 'raise ImportError("No module named boto3")' });
    vi.stubEnv('PYTHONPATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());

    await expect(starting()).rejects.toThrow('python3 lacks boto3 (No module named boto3). This needs');
  });

  it('whose Python is older than a runtime is told so', async () => {
    await expect(run(script('return 1'), {}, 'python3.99')).rejects.toThrow(
      'Step one runs with python3.99, and python3 is',
    );
    expect(await run(script('return 1'))).toEqual({ payload: 1 });
  });

  it('whose Python dies says what it said', async () => {
    const mortal = await starting();

    const answer = mortal.runScript({
      step: 'one',
      text: script('import os, sys', 'print("goodbye", file=sys.stderr, flush=True)', 'os._exit(1)'),
      handler: 'main',
      runtime: 'python3.11',
      payload: {},
    });

    await expect(answer).rejects.toThrow('python3 has ended before it answered. goodbye');
  });
});
