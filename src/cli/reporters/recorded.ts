import type { Report } from '../../core/report.js';
import type { Page } from './page.js';

const DAY_MS = 86_400_000;

/** How old recorded facts are, in two sentences; undefined for facts of now. */
export const ageOfFacts = ({ recorded, evaluatedAt }: Report): string | undefined => {
  if (!recorded) return undefined;
  const { oldest, newest } = recorded;
  const age = (time: string) => {
    // A clock that is behind must not make facts of tomorrow.
    const days = Math.max(0, Math.floor((Date.parse(evaluatedAt) - Date.parse(time)) / DAY_MS));
    return `${days} ${days === 1 ? 'day' : 'days'} ago (${time})`;
  };
  return (
    `Of these facts AWS Config recorded the oldest ${age(oldest)}, the newest ${age(newest)}. What has changed since is ` +
    'not seen.'
  );
};

/** The same as text; nothing for facts of now. */
export function* renderRecorded(report: Report, page: Page): Iterable<string> {
  const age = ageOfFacts(report);
  if (age !== undefined) yield* page.paragraph(age);
}
