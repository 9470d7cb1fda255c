import { parseArn } from '../../core/arn.js';
import type { Finding } from '../../core/finding.js';

/** The resources of a finding in the AWS Security Finding Format: the trail, and its key where the ARN is known. */
export const asffResourcesOf = (finding: Finding, partition: string) => [
  trailOf(finding, partition),
  ...keyOf(finding.key?.arn ?? ''),
];

/** The partitions that the format knows. */
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];
const partitionIn = (partition: string) => (PARTITIONS.includes(partition) ? { Partition: partition } : {});

const MAX_ID_CHARACTERS = 512;

const trailOf = ({ trailArn, trailName, homeRegion, kmsKeyId }: Finding, partition: string) => ({
  Type: 'AwsCloudTrailTrail',
  Id: trailArn.slice(0, MAX_ID_CHARACTERS),
  ...partitionIn(partition),
  ...given('Region', homeRegion),
  Details: {
    AwsCloudTrailTrail: {
      ...given('Name', trailName),
      ...given('TrailArn', trailArn),
      ...given('HomeRegion', homeRegion),
      ...given('KmsKeyId', kmsKeyId ?? ''),
    },
  },
});

const keyOf = (arn: string) => {
  const parts = parseArn(arn);
  if (!parts) return [];
  const { partition, region } = parts;
  return [
    {
      Type: 'AwsKmsKey',
      Id: arn.slice(0, MAX_ID_CHARACTERS),
      ...partitionIn(partition),
      ...given('Region', region),
    },
  ];
};

/** Empty text is refused in this format, so a field without text is left out. */
const given = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text });
