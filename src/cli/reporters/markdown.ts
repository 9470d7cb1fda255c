import type { ComparedTrail } from '../../core/comparison.js';
import type { Finding } from '../../core/evaluate-trail.js';
import type { Report } from '../../core/report.js';
import { CATALOGUE } from '../../core/verdict.js';
import { sanitize } from '../terminal.js';
import { bySeverity, count, countIn, formatNumber, type Group, sharedStepOf } from './findings.js';
import {
  ageOfData,
  comparisonRemarks,
  conclusionOf,
  countChanges,
  countCompliances,
  DIFF_STATUSES,
  unevaluatedTrails,
  waiverSentence,
} from './sentences.js';
import type { Reporter } from './types.js';

/**
 * The report in GitHub Flavored Markdown, for tickets and pull requests, highest severity first. It stays within the size limit of a
 * GitHub comment and says what was omitted.
 */
export const renderMarkdown: Reporter = function* (report) {
  yield* fitInto(MAX_BYTES, headOf(report), sectionsOf(report));
};

/** The limit of a GitHub comment is 65,536 characters. Counting bytes is safe: there are never fewer bytes than characters. */
const MAX_BYTES = 65_535;

const headOf = (report: Report): string => {
  const { summary, rule, tool, evaluatedAt, parameters } = report;
  const age = ageOfData(report);
  const given = Object.entries(parameters).map(([name, value]) => codeSpan(`${name}=${value}`));
  return [
    `## ${conclusionOf(report).replace(/\.$/, '')}\n\n`,
    `Evaluated at ${evaluatedAt} with the rule ${codeSpan(rule)} of Trailkey ${tool.version}`,
    given.length > 0 ? ` and the parameters ${given.join(', ')}` : '',
    `. Findings: ${countCompliances(summary)}.\n`,
    age === undefined ? '' : `\n${prose(age)}\n`,
  ].join('');
};

const sectionsOf = (report: Report): readonly Section[] => [
  ...errorsIn(report),
  ...notesIn(report),
  ...waiversIn(report),
  ...comparisonIn(report),
  ...bySeverity(report.findings).map(sectionOf),
  ...notEvaluatedIn(report),
];

const sectionOf = (group: Group): Section => {
  const { rank, code, findings } = group;
  const heading = `${rank} \`${code}\`: ${countIn(group)}`;
  const sharedStep = sharedStepOf(group);
  const isNonCompliant = rank !== 'COMPLIANT' && rank !== 'NOT_APPLICABLE';
  const next = sharedStep === undefined ? '' : ` **Next:** ${prose(sharedStep)}`;
  const text = `${prose(CATALOGUE[code].why)}${next}\n\n${TABLE_HEAD}`;
  return {
    name: `\`${code}\``,
    open: isNonCompliant
      ? `\n### ${heading}\n\n${text}`
      : `\n<details><summary>${rank} ${code}: ${countIn(group)}</summary>\n\n${text}`,
    rows: findings.map((finding) => rowOf(finding, sharedStep)),
    close: isNonCompliant ? '' : '\n</details>\n',
  };
};

const TABLE_HEAD = '| Account | Region | Trail | Finding |\n| --- | --- | --- | --- |\n';

const rowOf = (
  { accountId, region, trailName, message, nextStep, waiver }: Finding,
  sharedStep: string | undefined,
): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  const text = prose(sharedStep === undefined ? `${message} ${nextStep}` : message);
  const accepted = waiver === undefined ? '' : `${prose(waiverSentence(waiver))} `;
  return `| ${names.join(' | ')} | ${accepted}${text} |\n`;
};

const errorsIn = ({ errors }: Report): readonly Section[] =>
  listOf(errors, {
    name: 'errors',
    share: 0.2,
    open: `\n### ${count(errors.length, 'error')}: this report is incomplete\n\n`,
    rows: errors.map(({ source, message }) => `- ${codeSpan(source)}: ${codeSpan(message)}\n`),
  });

const notesIn = ({ notes = [] }: Report): readonly Section[] =>
  listOf(notes, {
    name: 'notes',
    share: 0.05,
    open: '\n### Excluded\n\n',
    rows: notes.map((note) => `- ${prose(note)}\n`),
  });

const waiversIn = ({ waiverProblems = [] }: Report): readonly Section[] =>
  listOf(waiverProblems, {
    name: 'waivers',
    share: 0.05,
    open: `\n### Waivers: ${count(waiverProblems.length, 'problem')}\n\n`,
    rows: waiverProblems.map(({ message }) => `- ${prose(message)}\n`),
  });

const notEvaluatedIn = ({ notEvaluated, errors }: Report): readonly Section[] =>
  listOf(notEvaluated, {
    name: 'trails that were not evaluated',
    open: `\n### Not evaluated: ${count(notEvaluated.length, 'trail')}\n\n`,
    rows: unevaluatedTrails({ notEvaluated, errors }).map(
      ({ trailArn, reason }) => `- ${codeSpan(trailArn)}: ${prose(reason)}\n`,
    ),
  });

const listOf = (entries: readonly unknown[], section: Omit<Section, 'close'>): readonly Section[] =>
  entries.length === 0 ? [] : [{ ...section, close: '' }];

/** The comparison with an earlier report. */
const comparisonIn = ({ comparison }: Report): readonly Section[] => {
  if (comparison === undefined) return [];
  const remarks = comparisonRemarks(comparison).map((remark) => `\n${prose(remark)}\n`);
  const open = `\n### Changes since ${codeSpan(comparison.since)}: ${countChanges(comparison)}\n${remarks.join('')}`;
  const rows = DIFF_STATUSES.flatMap(({ status, label }) =>
    comparison[status].map((trail) => comparisonRow(trail, label)),
  );
  const tableHead = rows.length > 0 ? `\n${COMPARISON_HEAD}` : '';
  return [{ name: 'changes', open: open + tableHead, rows, close: '', share: 0.25 }];
};

const COMPARISON_HEAD =
  '| Account | Region | Trail | Status | Before | Now |\n| --- | --- | --- | --- | --- | --- |\n';

const comparisonRow = (
  { accountId, region, trailName, codeBefore, codeNow }: ComparedTrail,
  label: string,
): string => {
  const names = [accountId, region, trailName].map(codeSpan);
  const codes = [codeBefore ?? '', codeNow ?? ''].map(codeSpan);
  return `| ${[...names, label, ...codes].join(' | ')} |\n`;
};

/** A part of a Markdown text. Rows are omitted from its end where the text would be too long. */
type Section = {
  readonly name: string;
  readonly open: string;
  readonly rows: readonly string[];
  readonly close: string;
  /** The largest share of the text that the section can take, from 0 to 1; 1 by default. A section with a share is shown even without rows. */
  readonly share?: number;
};

/** For the sentence on what was omitted, with an entry for each section. */
const RESERVE_BYTES = 2_000;

/**
 * A head, and as much of the sections as fits into a number of bytes. The last sentence says how many rows of each section were
 * omitted.
 */
function* fitInto(maxBytes: number, head: string, sections: readonly Section[]): Iterable<string> {
  let room = maxBytes - RESERVE_BYTES - bytesOf(head);
  yield head;
  const omitted: string[] = [];
  for (const section of sections) {
    const rows = rowsWithin(Math.min(room, (section.share ?? 1) * maxBytes), section);
    if (rows.length > 0 || section.share !== undefined) {
      const text = section.open + rows.join('') + section.close;
      room -= bytesOf(text);
      yield text;
    }
    const missing = section.rows.length - rows.length;
    if (missing > 0) {
      omitted.push(`${formatNumber(missing)} of ${formatNumber(section.rows.length)} ${section.name}`);
    }
  }
  if (omitted.length > 0)
    yield `\n**Omitted** because of the size limit: ${omitted.join(', ')}. ${COMPLETE_FORMATS}\n`;
}

const COMPLETE_FORMATS = 'The `csv` format contains all findings, and `json` the complete report.';

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
 * Text from outside as a code span, in which GitHub renders no markup, link, mention, or reference. The two characters that could end
 * the span or its table cell are spelled out.
 */
const codeSpan = (text: string): string =>
  text.trim() === '' ? '–' : `\`${spell(sanitize(text), /[`|]/g)}\``;

/** Sentences that can contain names from outside: characters with a meaning in Markdown are spelled out or escaped. */
export const prose = (text: string): string =>
  spell(sanitize(text), /[`|<>[\]\\@#$&~!]|(?<=:)\/(?=\/)|(?<=www)\.|(?<=\bgh)-(?=\d)/gi).replace(
    /[*_]/g,
    '\\$&',
  );

const spell = (text: string, signs: RegExp): string =>
  text.replace(signs, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
