import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { parseRuleParameters } from '../src/core/rule-parameters.js';
import { VERDICT_CODES } from '../src/core/verdict.js';
import {
  blocksIn,
  CODE_BLOCKS,
  type CodeBlock,
  codeBlocksOf,
  SHOWN_COMMANDS,
} from './support/code-blocks.js';
import { folderOf } from './support/files.js';
import { filledIn, unknownPlaceholders } from './support/placeholders.js';
import { problemsWithPolicy } from './support/policy-shape.js';
import { filesBelow, ROOT, textAt } from './support/project.js';
import { packagingErrors } from './support/settings.js';
import { commandsIn } from './support/shell.js';

const require = createRequire(import.meta.url);

/** Where a block stands, and the block, for the names of tests. */
const named = (blocks: readonly CodeBlock[]): readonly (readonly [place: string, block: CodeBlock])[] =>
  blocks.map((block) => [`${block.page}:${block.line}`, block]);

const POLICY_FILES = filesBelow('docs/policies');

const SHOWN_WORDS = SHOWN_COMMANDS.map(({ page, line, words }) => ({
  place: `${page}:${line}: ${words.join(' ')}`,
  program: words[0] ?? '',
  words: words.slice(1),
}));
const commandsOf = (program: string) => SHOWN_WORDS.filter((command) => command.program === program);

describe('every block of code', () => {
  it('has a language that these tests know', () => {
    const known = ['csv', 'html', 'json', 'markdown', 'sh', 'text', 'ts', 'xml', 'yaml'];

    expect(CODE_BLOCKS.filter(({ language }) => !known.includes(language))).toEqual([]);
    expect(CODE_BLOCKS.length).toBeGreaterThan(130);
  });

  it('is found wherever it stands, and with its line', () => {
    const markdown = 'A\n\n- b\n\n  ```sh\n  one\n  ```\n\n      two\n\n````text\n```\nthree\n````\n';

    expect(
      codeBlocksOf('page.md', markdown).map(({ line, language, text }) => [line, language, text]),
    ).toEqual([
      [5, 'sh', 'one'],
      [9, '', 'two'],
      [11, 'text', '```\nthree'],
    ]);
  });
});

describe('JSON', () => {
  const isGallery = ({ page }: CodeBlock) => page === 'docs/formats.md';
  const isParameters = ({ page }: CodeBlock, value: object) =>
    page === 'docs/parameters.md' && !Array.isArray(value);
  const packParameters = Object.keys(
    parseDocument(textAt('conformance-packs/account.yaml')).toJS().Parameters,
  );

  it.each(named(blocksIn('json')))(
    '%s is a policy, or parts of one, or parameters of the rule or a pack',
    (_, block) => {
      const value = JSON.parse(filledIn(block.text));

      if (isGallery(block)) return;
      if (isParameters(block, value)) expect(parseRuleParameters(value)).toBeDefined();
      else if (Array.isArray(value) && 'ParameterName' in value[0])
        for (const { ParameterName } of value) expect(packParameters).toContain(ParameterName);
      else expect(problemsWithPolicy(value)).toEqual([]);
    },
  );
});

describe('docs/policies', () => {
  it.each(POLICY_FILES)('%s is a policy, or statements of one, with known placeholders', (path) => {
    const text = textAt(path);

    expect(problemsWithPolicy(JSON.parse(filledIn(text)))).toEqual([]);
    expect(unknownPlaceholders(text)).toEqual([]);
  });

  it('are all linked from docs/permissions.md, or from the runbook', () => {
    const pages = textAt('docs/permissions.md') + textAt('docs/runbook.md');

    expect(POLICY_FILES.filter((path) => !pages.includes(`](${path.replace('docs/', '')})`))).toEqual([]);
  });

  it.each(['deploy-account', 'deploy-organization'])('%s has its statements explained', (name) => {
    const [, section = ''] = textAt('docs/permissions.md').split(`\nStatements of [${name}.json]`);
    const [table = ''] = /\n\|[\s\S]*?\n(?!\|)/.exec(section) ?? [];
    const explained = [...table.matchAll(/`([A-Z]\w+)`(?=[^|]*\|[^|]*\|$)/gm)].map(([, sid]) => sid);
    const { Statement } = JSON.parse(textAt(`docs/policies/${name}.json`));

    expect(explained).toEqual(Statement.map(({ Sid }: { Sid: string }) => Sid));
  });
});

describe('a policy is refused', () => {
  const statement = { Sid: 'A', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*' };

  it.each([
    ['of another version', { Version: '2008-10-17', Statement: [statement] }],
    ['without statements', { Version: '2012-10-17', Statement: [] }],
    ['with an effect that there is not', { ...statement, Effect: 'Permit' }],
    ['with an action that is none', { ...statement, Action: 'DescribeKey' }],
    ['with a member that there is not', { ...statement, Actions: 'kms:DescribeKey' }],
    ['with a resource that is no ARN', { ...statement, Resource: 'key/abc' }],
    ['with a principal of no kind', { ...statement, Principal: { Aws: '*' } }],
    [
      'with an operator that there is not',
      { ...statement, Condition: { StringIs: { 'aws:SourceArn': 'a' } } },
    ],
    ['with one name for two statements', { Version: '2012-10-17', Statement: [statement, statement] }],
    ['with neither resource nor principal', { ...statement, Resource: undefined }],
  ])('%s', (_, policy) => {
    expect(problemsWithPolicy(policy)).not.toEqual([]);
  });
});

describe('TypeScript', () => {
  it('compiles against the types of the package', async () => {
    const blocks = blocksIn('ts');
    const modules = Object.fromEntries(blocks.map(({ text }, index) => [`module-${index}.ts`, text]));
    const { compilerOptions } = JSON.parse(textAt('tsconfig.json'));
    const config = {
      compilerOptions: {
        ...compilerOptions,
        paths: { trailkey: [`${ROOT}src/index.ts`] },
        typeRoots: [`${ROOT}node_modules/@types`],
      },
      include: ['*.ts', `${ROOT}src/cli/text-files.d.ts`],
    };
    const folder = await folderOf({ ...modules, 'tsconfig.json': JSON.stringify(config) });

    const { stdout, status } = spawnSync(
      process.execPath,
      [`${ROOT}node_modules/typescript/bin/tsc`, '-p', folder],
      {
        encoding: 'utf8',
      },
    );

    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    expect(blocks.length).toBeGreaterThan(0);
  });
});

describe('YAML', () => {
  const documents = blocksIn('yaml').map(
    (block) => [`${block.page}:${block.line}`, parseDocument(filledIn(block.text))] as const,
  );

  it.each(documents)('%s is a workflow, waivers, parameters or settings', (_, document) => {
    expect(document.errors).toEqual([]);
    const { custom, jobs, Parameters, waivers } = document.toJS();
    expect(custom?.trailkey ?? jobs ?? Parameters ?? waivers).toBeDefined();
  });

  it('contains only settings that the stack takes', () => {
    const settings = documents.flatMap(([, document]) => document.toJS().custom?.trailkey ?? []);

    expect(packagingErrors(...settings)).toEqual(settings.map(() => ''));
    expect(settings.length).toBeGreaterThan(5);
  });

  it('docs/deploy-account.md shows how wrong settings are reported', () => {
    const [sentence] = blocksIn('text').filter(({ page }) => page === 'docs/deploy-account.md');

    expect(packagingErrors({ frequency: 'Daily' })).toEqual([sentence?.text]);
  });
});

describe('commands', () => {
  it('are of programs that the pages may ask for', () => {
    const programs = new Set(SHOWN_WORDS.map(({ program }) => program));
    const ours = ['aws', 'moto_server', 'node', 'npm', 'npx', 'pip', 'terraform', 'trailkey'];
    const common = ['base64', 'cat', 'cut', 'date', 'export', 'git', 'cd', 'jq', 'openssl', 'printf', 'read'];

    expect([...programs].filter((program) => ![...ours, ...common].includes(program))).toEqual([]);
  });

  it('leave to the reader only what is in capitals and known', () => {
    const shown = SHOWN_WORDS.filter(({ program }) => program !== 'export');
    const inCapitals = shown.flatMap(({ words }) => words.flatMap(unknownPlaceholders));

    expect(inCapitals.filter((word) => !VERDICT_CODES.some((code) => code === word))).toEqual([]);
  });

  it('of npm name scripts that there are', () => {
    const unknown = commandsOf('npm').filter(({ words: [command = '', script = ''] }) =>
      command === 'run'
        ? !Object.hasOwn(manifest.scripts, script)
        : !['ci', 'link', 'pack', 'test'].includes(command),
    );

    expect(unknown).toEqual([]);
  });

  it('of npx run the packed version, or what is installed with options that it has', () => {
    const schema = require('serverless/lib/cli/commands-schema/aws-service.js');
    const packed = `--yes ./${manifest.name}-${manifest.version}.tgz `;

    for (const { place, words } of commandsOf('npx').filter(
      (one) => !one.words.join(' ').startsWith(packed),
    )) {
      const [program = '', ...rest] = words;
      expect(existsSync(`${ROOT}node_modules/.bin/${program}`), place).toBe(true);
      if (program !== 'serverless') continue;
      const command = rest
        .slice(
          0,
          rest.findIndex((word) => word.startsWith('-')),
        )
        .join(' ');
      const options = rest.flatMap((word) => (word.startsWith('-') ? [word.replace(/^-+/, '')] : []));
      const known = Object.entries<{ shortcut?: string }>(schema.get(command)?.options ?? {});
      const names = known.flatMap(([name, { shortcut = name }]) => [name, shortcut]);
      expect(
        options.filter((option) => !names.includes(option)),
        place,
      ).toEqual([]);
    }
  });

  it('read files that are here, or that a command of the pages has written', () => {
    const folders = /^(?:\.\/)?(?:examples|cloudformation|conformance-packs|docs|ssm-documents)\//;
    const paths = SHOWN_WORDS.flatMap(({ words }) => words.map((word) => word.replace(/^file:\/\//, '')));

    expect(paths.filter((path) => folders.test(path) && !existsSync(ROOT + path))).toEqual([]);
  });
});

describe('the words of a script', () => {
  it.each([
    ['a \'b c\' "d \\" e" f\\ g', [['a', 'b c', 'd " e', 'f g']]],
    ['a \\\n  --b # no c\nd && e; f | g', [['a', '--b'], ['d'], ['e'], ['f'], ['g']]],
    [
      'A=1 a "$(b c (d))" e',
      [
        ['a', 'SUBSTITUTED', 'e'],
        ['b', 'c', '(d)'],
      ],
    ],
    ['for x in b c; do\n  a "$x"\ndone', [['a', 'b']]],
    ['x=$(b)\na "$x" > c', [['a', 'SUBSTITUTED'], ['b']]],
  ])('%s', (script, words) => {
    expect(commandsIn(script).map((command) => command.words)).toEqual(words);
  });

  it.each(["a 'b", 'a $(b'])('%s is not taken', (script) => {
    expect(() => commandsIn(script)).toThrow('left open');
  });

  it('leaves files of redirections aside', () => {
    expect(commandsIn('a < b > c 2> d')).toEqual([{ words: ['a'], reads: ['b'], writes: ['c', 'd'] }]);
  });
});
