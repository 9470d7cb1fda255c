import { FormatError } from './errors.js';

/**
 * The parts of an Amazon Resource Name, `arn:partition:service:region:account:resource`. Region and account can be empty.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export type Arn = {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
};

const ARN = /^arn:(aws[a-z0-9-]*):([a-z0-9-]+):([^:\s]*):([^:\s]*):(\S+)$/;
const REGION = /^[a-z]{2,5}(-[a-z]{1,20}){1,4}-\d{1,2}$/;
/** The maximum length of an ARN in IAM policies and service APIs. */
const MAX_ARN_CHARACTERS = 2048;
const ACCOUNT_ID = /^\d{12}$/;

/** Parses an ARN of any partition. Returns undefined if the text is undefined or is not an ARN of at most 2,048 characters. */
export const parseArn = (text: string | undefined): Arn | undefined => {
  if (text === undefined || text.length > MAX_ARN_CHARACTERS) return undefined;
  const match = ARN.exec(text);
  if (!match) return undefined;
  // Stryker disable next-line StringLiteral: every group takes part in a match, so no default is used.
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = match;
  return { partition, service, region, accountId, resource };
};

/** Whether a text has the form of an AWS Region (`eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`). New Regions are accepted. */
export const isRegion = (text: string): boolean => REGION.test(text);

/** Whether a text has the form of an AWS account ID: 12 digits. */
export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);

/**
 * Checks a field against the part of an ARN that must have the same value. An absent field matches.
 *
 * @throws FormatError if they contradict each other
 */
export const checkAgainstArn = (
  arn: string,
  {
    name,
    value,
    expected,
  }: { readonly name: string; readonly value: string | undefined; readonly expected: string },
): void => {
  if (value === undefined || value === expected) return;
  throw new FormatError(
    `field "${name}" contradicts ${arn}: expected "${expected}"; received "${value.slice(0, 200)}"`,
  );
};
