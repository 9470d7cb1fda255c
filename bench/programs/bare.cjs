// The same two calls as the rule's, with nothing around them: no signature, no retries, no judgement.
const { Agent, request: send } = require(
  process.env.AWS_ENDPOINT_URL.startsWith('https:') ? 'node:https' : 'node:http',
);
const { cost, costOfTurn, tell } = require('./cost.cjs');
const [, , eventFile, turns = '0'] = process.argv;

const agent = new Agent({ keepAlive: true });

const call = (target, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const request = send(process.env.AWS_ENDPOINT_URL, { agent, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text)),
      );
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });

const invoke = async () => {
  const event = JSON.parse(require('node:fs').readFileSync(eventFile, 'utf8'));
  const { configurationItem: item } = JSON.parse(event.invokingEvent);
  const { KeyMetadata } = await call('TrentService.DescribeKey', { KeyId: item.configuration.kmsKeyId });
  const evaluation = {
    ComplianceResourceType: item.resourceType,
    ComplianceResourceId: item.resourceId,
    ComplianceType: KeyMetadata.KeyState === 'Enabled' ? 'COMPLIANT' : 'NON_COMPLIANT',
    OrderingTimestamp: Date.parse(item.configurationItemCaptureTime) / 1000,
  };
  const body = { Evaluations: [evaluation], ResultToken: event.resultToken };
  await call('StarlingDoveService.PutEvaluations', body);
};

(async () => {
  await invoke();
  const first = cost();
  if (turns === '0') tell(first);
  for (let turn = 0; turn < Number(turns); turn += 1) await invoke();
  tell(costOfTurn(first, cost(), Number(turns)));
})();
