import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BundledPackage,
  COMMAND_BUNDLE,
  functionBundle,
  nameAndVersion,
  packagesIn,
} from './bundles.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULE = '-'.repeat(80);

/** What is in the command and the library, and what is in the function. */
export const bundledPackages = async () => ({
  command: await packagesIn(COMMAND_BUNDLE),
  function: await packagesIn(functionBundle()),
});

/** The text of `THIRD-PARTY-NOTICES`: every package whose code is distributed, and the licence it comes under, word by word. */
export const thirdPartyNotices = async (): Promise<string> => {
  const bundled = await bundledPackages();
  const inFunction = new Set(bundled.function.map(nameAndVersion));
  const inCommand = new Set(bundled.command.map(nameAndVersion));
  const all = new Map([...bundled.command, ...bundled.function].map((one) => [nameAndVersion(one), one]));
  const packages = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const where = (one: BundledPackage) => {
    const [command, lambda] = [inCommand.has(nameAndVersion(one)), inFunction.has(nameAndVersion(one))];
    return command && lambda ? 'command and function' : command ? 'command' : 'function';
  };
  const list = packages.map((one) => `${nameAndVersion(one)} (${one.license}): ${where(one)}`);
  return `${[HEAD, list.join('\n'), ...licenceSections(packages)].join('\n\n')}\n`;
};

const HEAD = `Trailkey is distributed with code of the packages below: bundled in the command and the library (dist/), in the Lambda
function (trailkey-config-rule.zip), or in both. Their licences follow, each with the packages that come under it.
This file is written by \`npm run notices\`.`;

/** One section for each text: many packages share one. */
const licenceSections = (packages: readonly BundledPackage[]): readonly string[] => {
  const sharing = new Map<string, readonly string[]>();
  for (const one of packages) {
    const text = licenceTextOf(one);
    sharing.set(text, [...(sharing.get(text) ?? []), nameAndVersion(one)]);
  }
  return [...sharing].map(([text, names]) => [RULE, names.join('\n'), RULE, '', text].join('\n'));
};

/** The licence as the package ships it. Where it ships none, the text that its licence has for everybody. */
const licenceTextOf = ({ folder, license, name }: BundledPackage): string => {
  const files = readdirSync(ROOT + folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0)
    return files
      .toSorted()
      .map((file) => textOf(`${folder}/${file}`))
      .join('\n\n');
  if (license === 'Apache-2.0') return textOf('LICENSE');
  throw new Error(
    `${name} has no licence file, and a text of ${license} would lack its copyright: find the text.`,
  );
};

const textOf = (path: string): string =>
  readFileSync(ROOT + path, 'utf8')
    .replaceAll('\r\n', '\n')
    .trim();
