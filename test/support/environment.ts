import process from 'node:process';
import { ACCOUNT, REGION } from './builders.js';

/** Credentials of the tests, named by their account, and nothing of this machine's settings. */
export const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: `AKIA${ACCOUNT}`,
  AWS_SECRET_ACCESS_KEY: 'secret-of-the-caller',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_REGION: REGION,
};

/** Does something while the SDK finds this environment; a variable that is given empty is not there. */
export const withEnvironment = async <T>(
  given: Readonly<Record<string, string>>,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> => {
  const env = { ...ENVIRONMENT, ...given };
  const saved = { ...process.env };
  Object.assign(process.env, env);
  for (const [name, value] of Object.entries(env)) if (value === '') delete process.env[name];
  try {
    return await work(env);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  }
};
