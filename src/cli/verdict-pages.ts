import { text as CMK_USABLE } from '../../docs/verdicts/CMK_USABLE.md?text';
import { text as KEY_DISABLED } from '../../docs/verdicts/KEY_DISABLED.md?text';
import { text as KEY_MATERIAL_EXPIRING } from '../../docs/verdicts/KEY_MATERIAL_EXPIRING.md?text';
import { text as KEY_NOT_ALLOWED } from '../../docs/verdicts/KEY_NOT_ALLOWED.md?text';
import { text as KEY_NOT_CUSTOMER_MANAGED } from '../../docs/verdicts/KEY_NOT_CUSTOMER_MANAGED.md?text';
import { text as KEY_NOT_FOUND } from '../../docs/verdicts/KEY_NOT_FOUND.md?text';
import { text as KEY_PENDING_DELETION } from '../../docs/verdicts/KEY_PENDING_DELETION.md?text';
import { text as KEY_PENDING_IMPORT } from '../../docs/verdicts/KEY_PENDING_IMPORT.md?text';
import { text as KEY_POLICY_BLOCKS_CLOUDTRAIL } from '../../docs/verdicts/KEY_POLICY_BLOCKS_CLOUDTRAIL.md?text';
import { text as KEY_POLICY_OPEN } from '../../docs/verdicts/KEY_POLICY_OPEN.md?text';
import { text as KEY_PRESENT } from '../../docs/verdicts/KEY_PRESENT.md?text';
import { text as KEY_ROTATION_OFF } from '../../docs/verdicts/KEY_ROTATION_OFF.md?text';
import { text as KEY_UNAVAILABLE } from '../../docs/verdicts/KEY_UNAVAILABLE.md?text';
import { text as KEY_UNVERIFIABLE } from '../../docs/verdicts/KEY_UNVERIFIABLE.md?text';
import { text as KEY_WRONG_TYPE } from '../../docs/verdicts/KEY_WRONG_TYPE.md?text';
import { text as NO_KMS_KEY } from '../../docs/verdicts/NO_KMS_KEY.md?text';
import { text as TRAIL_GONE } from '../../docs/verdicts/TRAIL_GONE.md?text';
import { text as TRAIL_IS_COPY } from '../../docs/verdicts/TRAIL_IS_COPY.md?text';
import { text as TRAIL_OF_ORGANIZATION } from '../../docs/verdicts/TRAIL_OF_ORGANIZATION.md?text';
import type { VerdictCode } from '../core/verdict.js';

/** The page of each verdict, in Markdown. */
export const VERDICT_PAGES = {
  CMK_USABLE,
  KEY_DISABLED,
  KEY_MATERIAL_EXPIRING,
  KEY_NOT_ALLOWED,
  KEY_NOT_CUSTOMER_MANAGED,
  KEY_NOT_FOUND,
  KEY_PENDING_DELETION,
  KEY_PENDING_IMPORT,
  KEY_POLICY_BLOCKS_CLOUDTRAIL,
  KEY_POLICY_OPEN,
  KEY_PRESENT,
  KEY_ROTATION_OFF,
  KEY_UNAVAILABLE,
  KEY_UNVERIFIABLE,
  KEY_WRONG_TYPE,
  NO_KMS_KEY,
  TRAIL_GONE,
  TRAIL_IS_COPY,
  TRAIL_OF_ORGANIZATION,
} as const satisfies Record<VerdictCode, string>;
