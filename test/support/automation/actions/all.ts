import type { Action } from '../action.js';
import { approve } from './approve.js';
import { assertProperty } from './assert-property.js';
import { branch } from './branch.js';
import { executeAwsApi } from './execute-aws-api.js';
import { executeScript } from './execute-script.js';
import { sleep } from './sleep.js';
import { waitForProperty } from './wait-for-property.js';

/** The actions that are known, by the names that documents have for them. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['aws:approve', approve],
  ['aws:assertAwsResourceProperty', assertProperty],
  ['aws:branch', branch],
  ['aws:executeAwsApi', executeAwsApi],
  ['aws:executeScript', executeScript],
  ['aws:sleep', sleep],
  ['aws:waitForAwsResourceProperty', waitForProperty],
]);
