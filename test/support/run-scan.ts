import type { JsonObject } from '../../src/core/json-value.js';
import type { Report } from '../../src/core/report.js';
import { type Account, account, answersFor, liveTrail, metadata } from './account.js';
import { ACCOUNT, REGION } from './builders.js';
import { withEnvironment } from './environment.js';
import { type Run, run, type Surroundings } from './run-check.js';
import { type Answers, type Call, type Faults, startStandIn } from './stand-in.js';

/** What is true of several accounts, by their ids; the caller's own is the first. */
export type World = Readonly<Record<string, Account>>;

type Place = { readonly accountId?: string; readonly region?: string; readonly name?: string };

export const trailArnIn = ({ accountId = ACCOUNT, region = REGION, name = 'audit' }: Place = {}): string =>
  `arn:aws:cloudtrail:${region}:${accountId}:trail/${name}`;

export const keyArnIn = ({ accountId = ACCOUNT, region = REGION, name = 'abcd' }: Place = {}): string =>
  `arn:aws:kms:${region}:${accountId}:key/${name}`;

/** A live trail at a place. */
export const trailIn = (place: Place = {}, overrides: JsonObject = {}): JsonObject =>
  liveTrail({
    Name: place.name ?? 'audit',
    HomeRegion: place.region ?? REGION,
    TrailARN: trailArnIn(place),
    KmsKeyId: undefined,
    IsMultiRegionTrail: false,
    ...overrides,
  });

/** Accounts with two trails each, in two Regions, with a key each: as many as asked for. */
export const worldOf = (size: number): World =>
  Object.fromEntries(
    Array.from({ length: size }, (_, index) => {
      const accountId = index === 0 ? ACCOUNT : String(500_000_000_000 + index);
      const places = ['eu-central-1', 'us-east-1'].map((region) => ({
        accountId,
        region,
        name: `t-${region}`,
      }));
      return [
        accountId,
        account({
          trails: places.map((place) => trailIn(place, { KmsKeyId: keyArnIn(place) })),
          keys: Object.fromEntries(
            places.map((place) => [keyArnIn(place), metadata({ Arn: keyArnIn(place) })]),
          ),
        }),
      ];
    }),
  );

/** The account for which a call was signed. */
export const accountOf = ({ accessKeyId }: Call): string => accessKeyId.slice('AKIA'.length);

/** Answers as AWS would for several accounts. */
export const worldAnswers = (world: World): Answers => {
  const of = (call: Call): Account => world[accountOf(call)] ?? account({ trails: [], keys: {} });
  const delegated = (operation: string) => (call: Call) => answersFor(of(call))[operation]?.(call) ?? {};
  return {
    GetCallerIdentity: (call) => ({
      Account: accountOf(call),
      Arn: `arn:aws:iam::${accountOf(call)}:user/ann`,
      UserId: 'AIDAEXAMPLE',
    }),
    AssumeRole: ({ body }) => ({
      Credentials: {
        AccessKeyId: `ASIA${body['RoleArn'].split(':')[4]}`,
        SecretAccessKey: 'secret-of-the-role',
        SessionToken: 'token-of-the-role',
        Expiration: '2099-01-01T00:00:00Z',
      },
    }),
    ListAccounts: ({ body }) => {
      const ids = Object.keys(world);
      const from = Number(body['NextToken'] ?? 0);
      const page = ids
        .slice(from, from + 20)
        .map((Id) => ({ Id, Name: `name-of-${Id}`, Status: 'ACTIVE', State: 'ACTIVE' }));
      return { Accounts: page, ...(from + 20 < ids.length ? { NextToken: String(from + 20) } : {}) };
    },
    ListTrails: (call) => {
      const own = of(call).trails.filter(({ TrailARN }) => String(TrailARN).includes(`:${accountOf(call)}:`));
      const listed = own.map(({ TrailARN, Name, HomeRegion }) => ({ TrailARN, Name, HomeRegion }));
      const from = Number(call.body['NextToken'] ?? 0);
      const to = from + of(call).page;
      return { Trails: listed.slice(from, to), ...(to < listed.length ? { NextToken: String(to) } : {}) };
    },
    DescribeTrails: (call) => ({
      trailList: of(call).trails.filter(
        ({ HomeRegion, IsMultiRegionTrail }) => HomeRegion === call.region || IsMultiRegionTrail === true,
      ),
    }),
    DescribeKey: delegated('DescribeKey'),
    GetKeyPolicy: delegated('GetKeyPolicy'),
    GetKeyRotationStatus: delegated('GetKeyRotationStatus'),
  };
};

/** What became of a scan: also the calls that it made, and its report where that was asked for. */
export type ScanRun = Run & { readonly calls: readonly Call[]; readonly report: Report };

type Play = Surroundings & { readonly answers: Answers; readonly faults?: Faults; readonly region?: string };

/** Runs `trailkey scan` in this process against a stand-in; the report is there with `--format json` in the arguments. */
export const runScan = async (
  args: readonly string[],
  { answers, faults, region = REGION, ...surroundings }: Play,
): Promise<ScanRun> => {
  const standIn = await startStandIn(() => answers, faults);
  const given = { AWS_ENDPOINT_URL: standIn.url, AWS_REGION: region, ...surroundings.env };
  try {
    const result = await withEnvironment(given, (env) => run(['scan', ...args], { ...surroundings, env }));
    const report = args.includes('json') ? JSON.parse(result.stdout || 'null') : undefined;
    return { ...result, calls: standIn.calls, report };
  } finally {
    await standIn.close();
  }
};

/** Calls as `Region operation`, sorted. */
export const placesOf = (calls: readonly Call[]): readonly string[] =>
  calls.map(({ region, operation }) => `${region} ${operation}`).toSorted();

/** Findings as `account Region trail code`. */
export const verdictsOf = ({ report }: { readonly report: Report }): readonly string[] =>
  report.findings.map(
    ({ accountId, region, trailName, code }) => `${accountId} ${region} ${trailName} ${code}`,
  );
