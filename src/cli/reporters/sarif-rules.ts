import { CATALOGUE, type Severity, VERDICT_CODES } from '../../core/catalogue.js';
import type { VerdictCode } from '../../core/verdict.js';
import { VERDICT_PAGES } from '../verdict-pages.js';
import { AWS_PAGES } from './aws-pages.js';

const ruleOf = (code: VerdictCode) => {
  const { title, why, nextStep, severity } = CATALOGUE[code];
  return {
    id: code,
    name: pascalCase(code),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    help: { text: `${why} ${nextStep}`, markdown: standalone(VERDICT_PAGES[code]) },
    helpUri: AWS_PAGES[code],
    defaultConfiguration: GRADES[severity].configuration,
    properties: {
      tags: ['security', 'aws', 'cloudtrail', 'kms'],
      precision: 'very-high',
      ...GRADES[severity].properties,
    },
  };
};

/** Code scanning shows `security-severity` as critical above 9, high from 7, medium from 4, else low. */
const GRADES = {
  HIGH: {
    configuration: { level: 'error' },
    properties: { 'problem.severity': 'error', 'security-severity': '8.0' },
  },
  MEDIUM: {
    configuration: { level: 'warning' },
    properties: { 'problem.severity': 'warning', 'security-severity': '5.5' },
  },
  LOW: {
    configuration: { level: 'note' },
    properties: { 'problem.severity': 'recommendation', 'security-severity': '3.0' },
  },
  INFORMATIONAL: { configuration: { level: 'none' }, properties: {} },
} as const satisfies Record<Severity, unknown>;

const pascalCase = (code: string): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A page that is read away from the others: links to its neighbours become their names. */
const standalone = (page: string): string => page.replace(/\[([^\]]+)\]\([A-Z_]+\.md\)/g, '`$1`');

/** A SARIF rule for each verdict, in the order of precedence, with its page as help. */
export const SARIF_RULES = VERDICT_CODES.map(ruleOf);
