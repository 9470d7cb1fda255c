/** The key of cloudformation/trail-key.yaml as an optional part of the stack: its conditions, and its resources under the switch. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const template = parse(readFileSync(join(__dirname, '../cloudformation/trail-key.yaml'), 'utf8'));

module.exports = {
  Parameters: template.Parameters,
  Conditions: template.Conditions,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([name, resource]) => [
      name,
      { ...resource, Condition: 'MakesTrailKey' },
    ]),
  ),
};
