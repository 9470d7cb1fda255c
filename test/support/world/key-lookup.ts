import { Refusal, type World, type WorldKey } from './state.js';

const ARN =
  /^arn:(?<partition>[^:]+):kms:(?<region>[a-z0-9-]+):(?<account>\d{12}):(?<resource>(?:key|alias)\/.+)$/;
const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** The Region, account and resource that a key's or alias's ARN names; undefined for anything else. */
export const partsOf = (
  reference: string,
): { readonly region: string; readonly account: string; readonly resource: string } | undefined => {
  const { region = '', account = '', resource = '' } = ARN.exec(reference)?.groups ?? {};
  return region === '' ? undefined : { region, account, resource };
};

/** What a reference to a key says: an ARN stays, an alias or id is completed with account and Region; undefined for no such text. */
export const arnOf = (world: World, reference: string, region: string): string | undefined => {
  const start = `arn:${world.partition}:kms:${region}:${world.accountId}:`;
  if (reference.startsWith('alias/')) return start + reference;
  if (KEY_ID.test(reference)) return `${start}key/${reference}`;
  return partsOf(reference) && reference;
};

/** The key behind an ARN of a key or alias. */
export const keyBehind = (world: World, arn: string): WorldKey | undefined => {
  const { region, account, resource } = partsOf(arn) ?? {};
  const alias = world.aliases.find((one) => one.name === resource && one.region === region);
  const target = alias && account === world.accountId ? alias.target : arn;
  return world.keys.find((key) => key.arn === target);
};

/**
 * The key that a call of KMS is about, as KMS finds it: in the Region that is asked, and if its policy lets the caller in.
 *
 * @throws NotFoundException, InvalidArnException, AccessDeniedException
 */
export const keyAsked = (world: World, reference: string, region: string): WorldKey => {
  if (reference.startsWith('arn:') && !partsOf(reference))
    throw new Refusal('InvalidArnException', `${reference} is no ARN of a key or an alias`);
  const arn = arnOf(world, reference, region);
  if (arn === undefined) throw new Refusal('NotFoundException', `Invalid keyId '${reference}'`);
  const parts = partsOf(arn);
  if (parts?.region !== region || !arn.startsWith(`arn:${world.partition}:`))
    throw new Refusal('NotFoundException', `Invalid arn ${parts?.region}`);
  const key = keyBehind(world, arn);
  if (key?.closed || (!key && parts.account !== world.accountId)) throw denied(arn);
  if (key) return key;
  const what = parts.resource.startsWith('alias/')
    ? `Alias ${arn} is not found.`
    : `Key '${arn}' does not exist`;
  throw new Refusal('NotFoundException', what);
};

/** As keyAsked, where neither an alias nor a key of another account or of AWS will do. */
export const ownKeyAsked = (world: World, reference: string, region: string): WorldKey => {
  if (reference.startsWith('alias/')) throw new Refusal('NotFoundException', `Invalid keyId '${reference}'`);
  if (reference.includes(':alias/'))
    throw new Refusal('InvalidArnException', `${reference} is an alias: expected a key id or a key ARN`);
  const key = keyAsked(world, reference, region);
  if (partsOf(key.arn)?.account !== world.accountId) throw denied(key.arn);
  return key;
};

/** KMS says the same of a key that shuts the caller out and of another account's key that is not there. */
export const denied = (arn: string): Refusal =>
  new Refusal(
    'AccessDeniedException',
    `The caller is not authorized to use ${arn}: it does not exist in this Region, or no policy allows it`,
  );
