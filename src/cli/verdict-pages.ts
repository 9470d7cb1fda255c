import CMK_USABLE from '../../docs/verdicts/CMK_USABLE.md';
import KEY_DISABLED from '../../docs/verdicts/KEY_DISABLED.md';
import KEY_MATERIAL_EXPIRING from '../../docs/verdicts/KEY_MATERIAL_EXPIRING.md';
import KEY_NOT_ALLOWED from '../../docs/verdicts/KEY_NOT_ALLOWED.md';
import KEY_NOT_CUSTOMER_MANAGED from '../../docs/verdicts/KEY_NOT_CUSTOMER_MANAGED.md';
import KEY_NOT_FOUND from '../../docs/verdicts/KEY_NOT_FOUND.md';
import KEY_PENDING_DELETION from '../../docs/verdicts/KEY_PENDING_DELETION.md';
import KEY_PENDING_IMPORT from '../../docs/verdicts/KEY_PENDING_IMPORT.md';
import KEY_POLICY_BLOCKS_CLOUDTRAIL from '../../docs/verdicts/KEY_POLICY_BLOCKS_CLOUDTRAIL.md';
import KEY_POLICY_OPEN from '../../docs/verdicts/KEY_POLICY_OPEN.md';
import KEY_PRESENT from '../../docs/verdicts/KEY_PRESENT.md';
import KEY_ROTATION_OFF from '../../docs/verdicts/KEY_ROTATION_OFF.md';
import KEY_UNAVAILABLE from '../../docs/verdicts/KEY_UNAVAILABLE.md';
import KEY_UNVERIFIABLE from '../../docs/verdicts/KEY_UNVERIFIABLE.md';
import KEY_WRONG_TYPE from '../../docs/verdicts/KEY_WRONG_TYPE.md';
import NO_KMS_KEY from '../../docs/verdicts/NO_KMS_KEY.md';
import ORGANIZATION_TRAIL from '../../docs/verdicts/ORGANIZATION_TRAIL.md';
import SHADOW_TRAIL from '../../docs/verdicts/SHADOW_TRAIL.md';
import TRAIL_NOT_FOUND from '../../docs/verdicts/TRAIL_NOT_FOUND.md';
import type { VerdictCode } from '../core/verdict.js';

/** The Markdown page of each verdict. The build bundles the text, so that an installed package does not read files. */
export const VERDICT_PAGES: Readonly<Record<VerdictCode, string>> = {
  TRAIL_NOT_FOUND,
  SHADOW_TRAIL,
  ORGANIZATION_TRAIL,
  NO_KMS_KEY,
  KEY_PRESENT,
  KEY_NOT_FOUND,
  KEY_UNVERIFIABLE,
  KEY_NOT_CUSTOMER_MANAGED,
  KEY_WRONG_TYPE,
  KEY_PENDING_DELETION,
  KEY_DISABLED,
  KEY_PENDING_IMPORT,
  KEY_UNAVAILABLE,
  KEY_NOT_ALLOWED,
  KEY_POLICY_BLOCKS_CLOUDTRAIL,
  KEY_POLICY_OPEN,
  KEY_MATERIAL_EXPIRING,
  KEY_ROTATION_OFF,
  CMK_USABLE,
};
