import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { thirdPartyNotices } from './third-party-notices.js';

writeFileSync(fileURLToPath(new URL('../THIRD-PARTY-NOTICES', import.meta.url)), await thirdPartyNotices());
