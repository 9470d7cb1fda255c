// The two calls of the rule with bare AWS SDK clients, bundled with the options of the rule: no evaluation and no time budget.
import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';

const kms = new KMSClient();
const config = new ConfigServiceClient();

export const handler = async (event) => {
  const { configurationItem: item } = JSON.parse(event.invokingEvent);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: item.configuration.kmsKeyId }));
  const evaluation = {
    ComplianceResourceType: item.resourceType,
    ComplianceResourceId: item.resourceId,
    ComplianceType: KeyMetadata.KeyState === 'Enabled' ? 'COMPLIANT' : 'NON_COMPLIANT',
    OrderingTimestamp: new Date(item.configurationItemCaptureTime),
  };
  const command = new PutEvaluationsCommand({ Evaluations: [evaluation], ResultToken: event.resultToken });
  await config.send(command);
};
