import type { Format } from '../src/cli/reporters/index.js';
import type { Report } from '../src/core/report.js';

/** What a format is for, and how it is shown here. */
type Exhibit = {
  readonly purpose: string;
  readonly language: string;
  /** What to know of it, in Markdown. */
  readonly notes: string;
  /** The part of the text that is worth a look; all of it where this is absent. */
  readonly excerpt?: (text: string) => string;
};

type Render = (format: Format, report: Report) => Promise<string>;

/** The page `docs/formats.md`: each format with what it is for and how it looks, made from a report. */
export const galleryOf = async (report: Report, render: Render): Promise<string> => {
  const sections = Object.entries(EXHIBITS).map(async ([name, exhibit]) => {
    const format = formatNamed(name);
    const text = await render(format, report);
    return sectionOf(format, exhibit, (exhibit.excerpt ?? ((whole) => whole))(text));
  });
  return `${HEAD}\n${TABLE_HEAD}${tableRows()}\n${(await Promise.all(sections)).join('\n')}`;
};

const HEAD = `# Formats

A judging command prints its report in one format and writes it to any number of files in others:

\`\`\`sh
trailkey check examples/organization --format text --output sarif=trailkey.sarif --output csv=trails.csv
\`\`\`

What follows is made from the example organization by \`npm run gallery\`; a test holds it to be current. Long lists in the JSON
formats are cut here, at \`…\`. Whatever a name holds, it cannot act: control characters and their like are spelled out, markup is
escaped, and formulas are text. All times are that of the run. \`json\` alone keeps each name as it is, with escapes.
`;

const TABLE_HEAD = '| format | for |\n| --- | --- |\n';

const tableRows = (): string =>
  Object.entries(EXHIBITS)
    .map(([format, { purpose }]) => `| [\`${format}\`](#${format}) | ${purpose} |\n`)
    .join('');

const sectionOf = (format: Format, { purpose, language, notes }: Exhibit, text: string): string => {
  // A fence longer than any in the text.
  const fence = text.includes('```') ? '````' : '```';
  const sentence = purpose.charAt(0).toUpperCase() + purpose.slice(1);
  return `## ${format}\n\n${sentence}. ${notes}\n\n${fence}${language}\n${text.replaceAll('\r\n', '\n').trimEnd()}\n${fence}\n`;
};

const MAX_ENTRIES = 2;

/** JSON with its long arrays of texts cut. */
const shortJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, member) =>
      Array.isArray(member) &&
      member.length > MAX_ENTRIES + 1 &&
      member.every((entry) => typeof entry === 'string')
        ? [...member.slice(0, MAX_ENTRIES), '…']
        : member,
    2,
  );

const shortSarif = (text: string): string => {
  const log = JSON.parse(text);
  const [run] = log.runs;
  const [result] = run.results;
  const rule = run.tool.driver.rules[result.ruleIndex];
  const help = { ...rule.help, markdown: `${rule.help.markdown.slice(0, 40)}…` };
  const driver = { ...run.tool.driver, rules: ['…', { ...rule, help }, '…'] };
  return JSON.stringify({ ...log, runs: [{ ...run, tool: { driver }, results: [result, '…'] }] }, null, 2);
};

const EXHIBITS: Readonly<Record<Format, Exhibit>> = {
  text: {
    purpose: 'people at a terminal',
    language: 'text',
    notes:
      'Grouped by verdict, the worst first, as wide as the terminal, and ending with what to do next. Coloured on a terminal alone, ' +
      'and not with `NO_COLOR`.',
  },
  json: {
    purpose: 'programs, and for comparing runs',
    language: 'json',
    notes:
      'Everything that a run found. The package exports its schema as `trailkey/report.schema.json`; in 1.x fields may be added, and ' +
      'none is renamed or removed.',
    excerpt: (text) => {
      const { findings, ...report } = JSON.parse(text);
      const { codes, ...summary } = report.summary;
      const some = Object.fromEntries(Object.entries(codes).filter(([, count]) => count !== 0));
      return shortJson({ ...report, summary: { ...summary, codes: some }, findings: findings.slice(0, 1) });
    },
  },
  csv: {
    purpose: 'spreadsheets and scripts',
    language: 'csv',
    notes:
      'RFC 4180, UTF-8 without a byte-order mark. What begins like a formula, in a cell or behind a semicolon, gets an apostrophe ' +
      'in front. Import the account ids as text: a spreadsheet that takes them for numbers rounds them.',
  },
  markdown: {
    purpose: 'tickets and comments on pull requests',
    language: 'markdown',
    notes:
      "Stays below GitHub's limit of 65,536 characters for a comment and says what it left out; the worst stays. With " +
      '`gh pr comment --body-file` it becomes a comment.',
  },
  html: {
    purpose: 'auditors, and those who answer to them',
    language: 'html',
    notes:
      'One page that loads nothing and sends nothing, so that it may go by mail: charts, a table to sort and filter, what each verdict ' +
      'means and how to fix it, the numbers in the standards, and how it was judged. It is complete without script, light or dark as ' +
      'the reader has it, and prints to PDF with every finding. This is its first finding:',
    excerpt: (text) => /<tr role="row" data-rank.*?<\/tr>/s.exec(text)?.[0] ?? '',
  },
  sarif: {
    purpose: 'code scanning',
    language: 'json',
    notes:
      'SARIF 2.1.0, with a rule for each verdict and its page as help. A trail has no source file, so the location is its place: ' +
      '`trails/ACCOUNT/REGION/NAME`. The fingerprint is that of the trail, whatever file it was read from. Passed and not ' +
      'applicable trails are in it by `kind`; [GitHub Actions](github-actions.md) tells how to leave them out for GitHub. ' +
      'A run has 25,000 results at most, which is what GitHub takes; more findings make more runs.',
    excerpt: shortSarif,
  },
  junit: {
    purpose: 'CI servers that show test results',
    language: 'xml',
    notes:
      'A suite for each account and Region, a test case for each trail: NON_COMPLIANT is a failure, NOT_APPLICABLE is skipped, a ' +
      'problem of the run is an error. The timestamp is UTC, which the format has no way to say.',
  },
  ocsf: {
    purpose: 'security data lakes',
    language: 'json',
    notes:
      'One array of events of the Open Cybersecurity Schema Framework 1.9.0, class Compliance Finding (2003). NOT_APPLICABLE has the ' +
      'status Other (99), as the schema has no word for it. The requirements are those of [the control](controls.md).',
    excerpt: (text) => shortJson(JSON.parse(text).slice(0, 1)),
  },
  asff: {
    purpose: 'AWS Security Hub',
    language: 'json',
    notes:
      'An array of batches, each of one account and Region and of at most 100 findings: what one BatchImportFindings call takes, with ' +
      'the credentials of that account. The id of a finding is that of the trail as seen from there, so that the next run updates it.\n\n' +
      '```sh\n' +
      "jq -c '.[]' findings.asff.json | while read -r batch; do\n" +
      '  region=$(jq -r \'.[0].Region\' <<< "$batch")\n' +
      '  printf %s "$batch" > batch.json\n' +
      '  aws securityhub batch-import-findings --region "$region" --findings file://batch.json\n' +
      'done\n' +
      '```\n\n' +
      'This is the first finding of the first batch:',
    excerpt: (text) => shortJson(JSON.parse(text)[0].slice(0, 1)),
  },
};

const isExhibited = (name: string): name is Format => Object.hasOwn(EXHIBITS, name);

const formatNamed = (name: string): Format => {
  if (isExhibited(name)) return name;
  throw new Error(`There is no format "${name}" in the gallery.`);
};
