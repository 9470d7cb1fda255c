/**
 * What the Lambda's bundle leaves out, because each cold start would pay for it. `docs/performance.md` says what each part gives.
 */

/** A plugin that gives other code for the modules that a pattern names. */
const replace = (name, filter, contents) => ({
  name,
  setup(build) {
    build.onLoad({ filter }, () => ({ contents, resolveDir: __dirname }));
  },
});

/**
 * The ways to credentials that a Lambda never goes (profiles, SSO, web identity, instance metadata): it has its role's credentials
 * in the environment.
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

/** A Lambda has no home with settings in files. */
const withoutSettingFiles = replace(
  'no-setting-files',
  /shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/,
  "export const CONFIG_PREFIX_SEPARATOR = '.';\n" +
    'export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });',
);

/** Checksums of streams and of S3, which bring in zlib: no service that is asked here wants one. */
const withoutChecksums = [
  replace('no-crc32', /checksum[\\/]crc32[\\/]Crc32Node\.js$/, 'export class Crc32Node {}'),
  replace('no-md5', /checksum[\\/]md5[\\/]Md5Node\.js$/, 'export class Md5Node {}'),
];

/** `import('node:http')` makes Node.js look at all that the module has, among it a whole client for fetch. */
const withoutDynamicImports = {
  name: 'no-dynamic-imports',
  setup({ initialOptions }) {
    initialOptions.supported = { ...initialOptions.supported, 'dynamic-import': false };
  },
};

module.exports = [fromEnvironment, withoutSettingFiles, ...withoutChecksums, withoutDynamicImports];
