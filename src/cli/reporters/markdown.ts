import type { ComparedTrail } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report } from '../../core/report.js';
import { CATALOGUE } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { bySeverity, count, countIn, type Group } from './findings.js';
import {
  ageOfFacts,
  comparisonRemarks,
  conclusionOf,
  NOT_EVALUATED_STEP,
  whyNotEvaluated,
} from './sentences.js';
import type { Reporter } from './types.js';

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
  ...bySeverity(report.findings).map(sectionOf),
  ...notEvaluatedIn(report),
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

const rowOf = ({ accountId, region, trailName, message, nextStep }: Finding): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  return `| ${names.join(' | ')} | ${prose(`${message} ${nextStep}`)} |\n`;
};

const problemsIn = ({ errors }: Report): readonly Section[] =>
  listOf(errors, {
    name: 'problems',
    share: 0.2,
    open: `\n### ${count(errors.length, 'problem')}: this report is not the whole truth\n\n`,
    rows: errors.map(({ source, message }) => `- ${codeSpan(source)}: ${codeSpan(message)}\n`),
  });

const notesIn = ({ notes = [] }: Report): readonly Section[] =>
  listOf(notes, {
    name: 'notes',
    share: 0.05,
    open: '\n### Not looked at\n\n',
    rows: notes.map((note) => `- ${prose(note)}\n`),
  });

const notEvaluatedIn = ({ notEvaluated, errors }: Report): readonly Section[] =>
  listOf(notEvaluated, {
    name: 'not judged',
    open:
      `\n### Not judged: ${count(notEvaluated.length, 'trail')} ${whyNotEvaluated({ errors })}\n\n` +
      `**Next:** ${NOT_EVALUATED_STEP}\n\n`,
    rows: notEvaluated.map(({ trailArn }) => `- ${codeSpan(trailArn)}\n`),
  });

const listOf = (entries: readonly unknown[], section: Omit<Section, 'close'>): readonly Section[] =>
  entries.length === 0 ? [] : [{ ...section, close: '' }];

/** What is said of each fate; what needs attention comes first. */
const STATUSES = {
  new: 'new',
  notEvaluatedBefore: 'not judged last time',
  changed: 'non-compliant for another reason',
  stillOpen: 'still open',
  fixed: 'fixed',
  notEvaluatedNow: 'not judged this time',
} as const;

/** The changes since an earlier report as a section, where the report tells them. */
export const comparisonIn = ({ comparison }: Report): readonly Section[] => {
  if (comparison === undefined) return [];
  const { since, ...fates } = comparison;
  const remarks = comparisonRemarks(comparison).map((remark) => `\n${prose(remark)}\n`);
  // Most earlier reports left no trail notEvaluated.
  const counted = STATUS_NAMES.filter((fate) => fate !== 'notEvaluatedBefore' || fates[fate].length > 0);
  const counts = counted.map((fate) => `${fates[fate].length} ${STATUSES[fate]}`).join(', ');
  const rows = STATUS_NAMES.flatMap((fate) =>
    fates[fate].map((trail) => comparisonRow(trail, STATUSES[fate])),
  );
  const open = `\n### Since ${codeSpan(since)}: ${counts}\n${remarks.join('')}`;
  return [
    {
      name: 'changes',
      open: rows.length > 0 ? `${open}\n${COMPARISON_HEAD}` : open,
      rows,
      close: '',
      share: 0.25,
    },
  ];
};

const STATUS_NAMES = [
  'new',
  'notEvaluatedBefore',
  'changed',
  'stillOpen',
  'fixed',
  'notEvaluatedNow',
] as const;

const COMPARISON_HEAD =
  '| account | Region | trail | | before | now |\n| --- | --- | --- | --- | --- | --- |\n';

const comparisonRow = (
  { accountId, region, trailName, codeBefore, codeNow }: ComparedTrail,
  fate: string,
): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  const codes = [codeBefore ?? '', codeNow ?? ''].map(codeSpan);
  return `| ${[...names, fate, ...codes].join(' | ')} |\n`;
};

/** A part of a Markdown text: its rows may be left out from the end, where there is no room for all. */
export type Section = {
  readonly name: string;
  readonly open: string;
  readonly rows: readonly string[];
  readonly close: string;
  /** How much of the room it may take at most, from 0 to 1: all, where none is given. With one it opens even without a row. */
  readonly share?: number;
};

/** Room for the sentence on what was left out: one entry for each verdict, and a few more. */
const RESERVE_BYTES = 2_000;

/**
 * A head and as much of the sections, in their order, as a number of bytes holds; the end says how many rows of each section were
 * left out.
 */
export function* fitInto(maxBytes: number, head: string, sections: readonly Section[]): Iterable<string> {
  let room = maxBytes - RESERVE_BYTES - bytesOf(head);
  yield head;
  const leftOut: string[] = [];
  for (const section of sections) {
    const rows = rowsWithin(Math.min(room, (section.share ?? 1) * maxBytes), section);
    if (rows.length > 0 || section.share !== undefined) {
      const text = section.open + rows.join('') + section.close;
      room -= bytesOf(text);
      yield text;
    }
    const missing = section.rows.length - rows.length;
    if (missing > 0) leftOut.push(`${missing} of ${section.rows.length} ${section.name}`);
  }
  if (leftOut.length > 0) yield `\n**Left out**, for want of room: ${leftOut.join(', ')}. ${WHERE}\n`;
}

const WHERE = 'The formats `csv` and `json` hold all.';

const rowsWithin = (room: number, { open, rows, close }: Section): readonly string[] => {
  let left = room - bytesOf(open) - bytesOf(close);
  const end = rows.findIndex((row) => {
    left -= bytesOf(row);
    return left < 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
};

const bytesOf = (text: string): number => Buffer.byteLength(text);

/**
 * Text from outside as a code span, where nothing acts: no markup, link, mention or reference. The two signs that could end the
 * span or its table cell are spelled out.
 */
export const codeSpan = (text: string): string =>
  text.trim() === '' ? '–' : `\`${spell(sanitize(text), /[`|]/g)}\``;

/** Sentences that may hold names from outside: signs that could act are spelled out, those that sentences need are escaped. */
export const prose = (text: string): string =>
  spell(sanitize(text), /[`|<>[\]\\@#$&~!]|(?<=:)\/(?=\/)|(?<=www)\./gi).replace(/[*_]/g, '\\$&');

const spell = (text: string, signs: RegExp): string =>
  text.replace(signs, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
