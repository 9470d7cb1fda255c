import { CATALOGUE } from '../../core/catalogue.js';
import type { Finding } from '../../core/finding.js';
import type { Report } from '../../core/report.js';
import { conclusionOf } from './conclusion.js';
import { comparisonIn } from './markdown-comparison.js';
import { fitInto, type Section } from './markdown-sections.js';
import { codeSpan, prose } from './markdown-text.js';
import { ageOfFacts } from './recorded.js';
import type { Reporter } from './reporter.js';
import { UNJUDGED_STEP, whyUnjudged } from './unjudged.js';
import { count, countIn, type Group, worstFirst } from './worst-first.js';

/**
 * The report as GitHub's Markdown, for tickets and pull requests: the worst first. It stays under the limit of a comment there and
 * says what was left out for that.
 */
export const renderMarkdown: Reporter = function* (report) {
  yield* fitInto(MAX_BYTES, headOf(report), sectionsOf(report));
};

/** GitHub takes a comment of 65,536 characters; counted in bytes, which are never fewer. */
const MAX_BYTES = 65_535;

const headOf = (report: Report): string => {
  const { summary, rule, tool, evaluatedAt, parameters } = report;
  const age = ageOfFacts(report);
  const given = Object.entries(parameters).map(([name, value]) => codeSpan(`${name}=${value}`));
  return [
    `## ${conclusionOf(report).replace(/\.$/, '')}\n\n`,
    `Judged at ${evaluatedAt} by the rule ${codeSpan(rule)} of Trailkey ${tool.version}`,
    given.length > 0 ? `, with ${given.join(', ')}` : '',
    `. ${summary.NON_COMPLIANT} NON_COMPLIANT, ${summary.COMPLIANT} COMPLIANT, ${summary.NOT_APPLICABLE} NOT_APPLICABLE.\n`,
    age === undefined ? '' : `\n${prose(age)}\n`,
  ].join('');
};

const sectionsOf = (report: Report): readonly Section[] => [
  ...problemsIn(report),
  ...notesIn(report),
  ...comparisonIn(report),
  ...worstFirst(report.findings).map(sectionOf),
  ...unjudgedIn(report),
];

const sectionOf = (group: Group): Section => {
  const { rank, code, findings } = group;
  const heading = `${rank} \`${code}\`: ${countIn(group)}`;
  const { why, nextStep } = CATALOGUE[code];
  const isBad = findings.some(({ compliance }) => compliance === 'NON_COMPLIANT');
  const text = `${prose(why)} **Next:** ${prose(nextStep)}\n\n${TABLE_HEAD}`;
  return {
    name: `\`${code}\``,
    // What needs no work is folded away.
    open: isBad
      ? `\n### ${heading}\n\n${text}`
      : `\n<details><summary>${rank} ${code}: ${countIn(group)}</summary>\n\n${text}`,
    rows: findings.map(rowOf),
    close: isBad ? '' : '\n</details>\n',
  };
};

const TABLE_HEAD = '| account | Region | trail | what is the matter |\n| --- | --- | --- | --- |\n';

const rowOf = ({ accountId, region, trailName, code, annotation }: Finding): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  return `| ${names.join(' | ')} | ${prose(annotation.slice(`${code}: `.length))} |\n`;
};

const problemsIn = ({ errors }: Report): readonly Section[] =>
  listOf(errors, {
    name: 'problems',
    share: 0.2,
    open: `\n### ${count(errors, 'problem')}: this report is not the whole truth\n\n`,
    rows: errors.map(({ source, message }) => `- ${codeSpan(source)}: ${codeSpan(message)}\n`),
  });

const notesIn = ({ notes = [] }: Report): readonly Section[] =>
  listOf(notes, {
    name: 'notes',
    share: 0.05,
    open: '\n### Not looked at\n\n',
    rows: notes.map((note) => `- ${prose(note)}\n`),
  });

const unjudgedIn = ({ unjudged, errors }: Report): readonly Section[] =>
  listOf(unjudged, {
    name: 'not judged',
    open:
      `\n### Not judged: ${count(unjudged, 'trail')} ${whyUnjudged({ errors })}\n\n` +
      `**Next:** ${UNJUDGED_STEP}\n\n`,
    rows: unjudged.map(({ trailArn }) => `- ${codeSpan(trailArn)}\n`),
  });

const listOf = (entries: readonly unknown[], section: Omit<Section, 'close'>): readonly Section[] =>
  entries.length === 0 ? [] : [{ ...section, close: '' }];
