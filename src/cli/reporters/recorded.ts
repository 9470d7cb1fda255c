import type { Report } from '../../core/report.js';
import type { Page } from './page.js';

const DAY_MS = 86_400_000;

/** How old recorded facts are, as text; nothing for facts of now. */
export function* renderRecorded({ recorded, evaluatedAt }: Report, page: Page): Iterable<string> {
  if (!recorded) return;
  const { oldest, newest } = recorded;
  const age = (time: string) => {
    // A clock that is behind must not make facts of tomorrow.
    const days = Math.max(0, Math.floor((Date.parse(evaluatedAt) - Date.parse(time)) / DAY_MS));
    return `${days} ${days === 1 ? 'day' : 'days'} ago (${time})`;
  };
  yield* page.paragraph(
    `Of these facts AWS Config recorded the oldest ${age(oldest)}, the newest ${age(newest)}. What has changed since is not seen.`,
  );
}
