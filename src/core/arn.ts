/** The parts of an Amazon Resource Name, `arn:partition:service:region:account:resource`. */
export type Arn = {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
};

const ARN = /^arn:(aws[a-z0-9-]*):([a-z0-9-]+):([^:\s]*):([^:\s]*):(\S+)$/;
const REGION = /^[a-z]{2,5}(-[a-z]+)+-\d{1,2}$/;
const ACCOUNT_ID = /^\d{12}$/;

/** The parts of an ARN of any partition, or undefined where the text is no ARN, or there is none. */
export const parseArn = (text: string | undefined): Arn | undefined => {
  // Stryker disable next-line StringLiteral: any text that is no ARN would do.
  const found = ARN.exec(text ?? '');
  if (!found) return undefined;
  // Stryker disable next-line StringLiteral: every group takes part in a match, so no default is ever taken.
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = found;
  return { partition, service, region, accountId, resource };
};

/** Tells whether a text looks like an AWS Region (`eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`); new ones pass. */
export const isRegion = (text: string): boolean => REGION.test(text);

/** Tells whether a text is an AWS account id: twelve digits. */
export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);
