/**
 * What the Lambda's bundle leaves out: the ways to credentials that a Lambda never goes (profiles, SSO, web identity, instance
 * metadata). A Lambda has its role's credentials in the environment.
 */
const fromEnvironment = {
  name: 'credentials-from-environment',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: 'credentials-from-environment',
      namespace: 'trailkey',
    }));
    build.onLoad({ filter: /.*/, namespace: 'trailkey' }, () => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: __dirname,
    }));
  },
};

module.exports = [fromEnvironment];
