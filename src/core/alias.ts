import { parseArn } from './arn.js';
import { type ConfigurationItem, configurationOf } from './configuration-item.js';
import { FormatError } from './errors.js';
import { type JsonObject, textOf } from './json-value.js';

/** An alias of KMS and the ARN of the key it stands for. */
export type Alias = { readonly arn: string; readonly keyArn: string };

/**
 * Reads a configuration item of an alias that is there.
 *
 * @throws FormatError where the alias's ARN or its target is absent or wrong
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
 */
export const parseAliasItem = (item: ConfigurationItem): Alias =>
  parseAlias(configurationOf(item), aliasArnOf(item));

/**
 * Reads an alias as AWS Config or KMS ListAliases tells it. A target without a place is a key of the alias's own account and Region.
 *
 * @throws FormatError where the alias's ARN or its target is absent or wrong
 */
export const parseAlias = (alias: JsonObject, arn: string | undefined): Alias => {
  const target = textOf(alias, ['TargetKeyId', 'targetKeyId']);
  const parts = parseArn(arn);
  if (arn && parts && target !== undefined) {
    const { partition, region, accountId } = parts;
    const isWhole = target.startsWith('arn:');
    return { arn, keyArn: isWhole ? target : `arn:${partition}:kms:${region}:${accountId}:key/${target}` };
  }
  throw new FormatError('an alias should have an ARN and a TargetKeyId');
};

/** The ARN of the alias that an item is about, or empty text where the item does not tell. */
export const aliasArnOf = (item: ConfigurationItem): string =>
  [item.arn, item.resourceId, textOf(item.configuration ?? {}, ['AliasArn', 'aliasArn'])].find((text) =>
    parseArn(text)?.resource.startsWith('alias/'),
  ) ?? '';
