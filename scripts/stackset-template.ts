type Json = Readonly<Record<string, unknown>>;

/** A CloudFormation template, as far as it is changed here. */
export type Template = Json & {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Json } & Json>>;
  readonly Outputs: Json;
};

const FUNCTION = 'ConfigRuleLambdaFunction';
const DEPLOYMENT_BUCKET = /^ServerlessDeploymentBucket/;

/**
 * Derives the template of the StackSet from that of the one-account stack: the code comes from a bucket in each Region, named by a
 * prefix, in place of the deployment bucket and its time-stamped key; and the rule is left to a conformance pack unless asked for.
 */
export const stackSetTemplate = (compiled: Template, artifactKey: string): Template => ({
  ...compiled,
  Parameters: {
    ArtifactBucketPrefix: {
      Type: 'String',
      AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,40}$',
      Description:
        'The code is taken from the bucket PREFIX-REGION, one in each Region, which every account may read.',
    },
    ArtifactKey: {
      Type: 'String',
      Default: artifactKey,
      Description:
        'The key of the code in that bucket. It holds the checksum, so that an update brings new code.',
    },
    ...compiled.Parameters,
    CreateRule: { ...compiled.Parameters['CreateRule'], Default: 'false' },
  },
  // What the settings of the one-account stack are checked for before; conditions alone would pass over it in silence.
  Rules: {
    AutomaticRemediationDemandsKey: {
      RuleCondition: { 'Fn::Equals': [{ Ref: 'AutomaticRemediation' }, 'true'] },
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'RemediationKey' }, ''] }] },
          AssertDescription: 'AutomaticRemediation demands a RemediationKey, the key that trails are given.',
        },
      ],
    },
  },
  Resources: Object.fromEntries(
    Object.entries(compiled.Resources)
      .filter(([name]) => !DEPLOYMENT_BUCKET.test(name))
      .map(([name, resource]) => [name, name === FUNCTION ? withCode(resource) : resource]),
  ),
  Outputs: Object.fromEntries(
    Object.entries(compiled.Outputs).filter(([name]) => !DEPLOYMENT_BUCKET.test(name)),
  ),
});

const withCode = <T extends { readonly Properties: Json }>(resource: T): T => ({
  ...resource,
  Properties: {
    ...resource.Properties,
    Code: {
      S3Bucket: { 'Fn::Sub': `\${ArtifactBucketPrefix}-\${AWS::Region}` },
      S3Key: { Ref: 'ArtifactKey' },
    },
  },
});
