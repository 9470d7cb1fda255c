import type { Report } from '../../core/report.js';

/** Why trails that are known of were not judged. With problems it is not told which of them a problem is to blame for. */
export const whyUnjudged = ({ errors }: Pick<Report, 'errors'>): string =>
  `seen only from elsewhere${errors.length > 0 ? ', or where something went wrong' : ''}`;

/** What lets these trails be judged. */
export const UNJUDGED_STEP =
  'add the snapshot of the account and home Region that the ARN names, or scan that account.';
