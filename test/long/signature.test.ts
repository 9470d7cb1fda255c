import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { clientsFor } from '../../src/aws/clients.js';
import { ROOT } from '../support/project.js';
import { startRawServer } from '../support/raw-server.js';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** Requests as they came in, from clients with such an environment, to such an address. */
const recorded = async (env: Readonly<Record<string, string>>, path: string): Promise<readonly object[]> => {
  const requests: object[] = [];
  const server = await startRawServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    const { method, headers, url } = request;
    requests.push({ method, headers, url: `http://${headers.host}${url}`, body });
    response.end('{"trailList":[]}');
  });
  const clients = clientsFor('eu-west-1', { ...env, AWS_ENDPOINT_URL: new URL(path, server.url).href });
  const { signal } = new AbortController();
  await clients.config.putEvaluations({ Evaluations: [], ResultToken: 'tök ẹn 🔑' }, signal);
  await clients.config.selectResourceConfig({ Expression: "SELECT 'a'" }, signal);
  await clients.kms('us-gov-west-1').describeKey({ KeyId: 'alias/ä' }, signal);
  await clients.kms('cn-north-1').getKeyPolicy({ KeyId: 'a', PolicyName: 'default' }, signal);
  await clients.cloudTrail.describeTrails({}, signal);
  await server.close();
  return requests;
};

it('every request is signed as botocore signs it', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET };
  const requests = [
    ...(await recorded(credentials, '/')),
    ...(await recorded({ ...credentials, AWS_SESSION_TOKEN: 'a+b/c==' }, '/base/of%20all/')),
  ];

  const { status, stdout, stderr } = spawnSync('python3', ['test/support/check_signatures.py', SECRET], {
    cwd: ROOT,
    encoding: 'utf8',
    input: JSON.stringify(requests),
  });

  expect(stdout, stderr).toBe('');
  expect(stderr.trim(), "This needs botocore: pip install 'moto[server]' boto3 cfn-lint awscli").toBe(
    '10 requests',
  );
  expect(status).toBe(0);
});
