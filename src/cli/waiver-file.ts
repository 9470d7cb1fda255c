import { parse } from 'yaml';
import { parseWaivers, type WaiverEntry } from '../core/waiver.js';

/**
 * Parses a waiver file in YAML, which contains JSON. Dates stay text. This file is loaded only with `--waivers`, because the YAML parser is
 * large.
 *
 * @throws Error, with the reason in its first line, if the text is not YAML or not a list of waivers
 */
export const parseWaiverFile = (text: string): readonly WaiverEntry[] =>
  parseWaivers(parse(text, { logLevel: 'error' }));
