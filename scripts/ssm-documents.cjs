/**
 * The documents of ssm-documents/ as Systems Manager accepts them: each script is inlined into its step, with the files that it imports.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse, stringify } = require('yaml');

const FOLDER = join(__dirname, '../ssm-documents');
/** 2 kB less than the maximum of Systems Manager, 64 kB, because the line breaks of the YAML are not documented. */
const MAX_CONTENT_BYTES = 63_488;
const SIBLING_IMPORT = /^from (calls|keys|set_trail_key|trails|verify_delivery) import .*\n/gm;
const ORGANIZATION_ROLE =
  'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/trailkey-remediation-{{ global:REGION }}';

const textOf = (name) => readFileSync(join(FOLDER, name), 'utf8');

/** A script without the imports of its siblings, and the siblings that it imports, themselves included, before it. */
const partsOf = (path) => {
  const text = textOf(path);
  const siblings = [...text.matchAll(SIBLING_IMPORT)].flatMap(([, name]) => partsOf(`scripts/${name}.py`));
  return [...siblings, text.replace(SIBLING_IMPORT, '')];
};

/** The start of a definition at the top level, with the comments and decorators above it. */
const DEFINITION = /^(?=(?:[#@].*\n)*(?:def |class |[A-Z]\w* =))(?<!^[#@].*\n)/m;
const NAME = /^(?:def |class )?(\w+)/m;

/** The definitions that a handler needs, directly or not. A step contains no other code, because the size of a document is limited. */
const neededBy = (handler, definitions) => {
  const named = new Map(definitions.map((text) => [NAME.exec(text.replace(/^[#@].*\n/gm, ''))?.[1], text]));
  const needed = new Set([handler]);
  for (const name of needed) {
    const words = (named.get(name) ?? '').match(/\w+/g) ?? [];
    for (const word of words) if (named.has(word)) needed.add(word);
  }
  return [...named].flatMap(([name, text]) => (needed.has(name) ? [text.trim()] : []));
};

/** The import statements for code, each module once. */
const importsFor = (code, statements) => {
  const isUsed = (name) => new RegExp(`\\b${name}\\b`).test(code);
  const modules = new Map();
  for (const [, from, names] of statements) {
    const used = names.split(', ').filter(isUsed);
    modules.set(from, new Set([...(modules.get(from) ?? []), ...used]));
  }
  return [...modules].flatMap(([from, names]) => {
    const list = [...names].toSorted().join(', ');
    if (list === '') return [];
    return from === undefined ? [...names].map((name) => `import ${name}`) : [`from ${from} import ${list}`];
  });
};

/**
 * Code without comments, without the docstrings of functions and classes, and with half of its indentation, because the size of a document
 * is limited. A docstring that is the whole body stays.
 */
const withoutComments = (code) =>
  code
    .replace(/^ *#.*\n/gm, '')
    .replace(/^( +)"""(?:(?!""")[\s\S])*"""\n(?=\n*\1\S)/gm, '')
    .replace(/^ +/gm, (indentation) => indentation.slice(indentation.length / 2));

/** A script in one piece, each sibling once: Automation runs one file per step. */
const scriptAt = (path, handler) => {
  const files = [...new Set(partsOf(path))].map((text) => text.split(DEFINITION));
  const [title] = files.at(-1)?.[0]?.split(/\n(?=from|import)/) ?? [];
  const statements = files.flatMap(([head]) => [...head.matchAll(/^(?:from (\S+) )?import (.*)$/gm)]);
  const definitions = files.flatMap(([, ...rest]) => rest);
  const code = withoutComments(`${neededBy(handler, definitions).join('\n\n')}\n`);
  const script = `${title?.trim()}\n\n${importsFor(code, statements).join('\n')}\n\n${code}`;
  if (script.includes('{{'))
    throw new Error(`${path} contains {{, which Systems Manager interprets as a variable.`);
  return script;
};

const withScript = (step) =>
  step.action === 'aws:executeScript'
    ? { ...step, inputs: { ...step.inputs, Script: scriptAt(step.inputs.Script, step.inputs.Handler) } }
    : step;

const built = (name) => {
  const document = parse(textOf(`${name}.yaml`));
  return checked(name, { ...document, mainSteps: document.mainSteps.map(withScript) });
};

/**
 * The size of a document as CloudFormation sends it: as YAML, with strings in quotes and long lines folded, or with blocks.
 *
 * @see https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm (DocumentModelTranslator)
 */
const sizeOf = (document) =>
  Math.max(
    Buffer.byteLength(stringify(document, { defaultStringType: 'QUOTE_DOUBLE' })),
    Buffer.byteLength(stringify(document)),
  );

const checked = (name, document) => {
  const bytes = sizeOf(document);
  if (bytes > MAX_CONTENT_BYTES)
    throw new Error(`${name} has ${bytes} bytes as YAML, and may have at most ${MAX_CONTENT_BYTES}.`);
  return document;
};

/** A copy with a fixed role name: a conformance pack of an organization cannot specify a role for each account. */
const forOrganization = ({ parameters, ...document }) => {
  const { AutomationAssumeRole: _, ...others } = parameters;
  return { ...document, assumeRole: ORGANIZATION_ROLE, parameters: others };
};

/** Fixes the approvers if the settings contain them: the parameter accepts nothing else, and the step lists them. */
const withApprovers = (document, approvers) => {
  if (approvers.length === 0) return document;
  const { Approvers, ...others } = document.parameters;
  return checked('Trailkey-RestoreKey', {
    ...document,
    parameters: { ...others, Approvers: { ...Approvers, allowedValues: [approvers], default: approvers } },
    mainSteps: document.mainSteps.map((step) =>
      step.action === 'aws:approve' ? { ...step, inputs: { ...step.inputs, Approvers: approvers } } : step,
    ),
  });
};

/** Every document by name. With `approvers`, only they can approve; without, the person who starts the document chooses. */
const documents = (approvers = []) => ({
  'Trailkey-EncryptTrail': built('Trailkey-EncryptTrail'),
  'Trailkey-EncryptTrail-Organization': forOrganization(built('Trailkey-EncryptTrail')),
  'Trailkey-RestoreKey': withApprovers(built('Trailkey-RestoreKey'), approvers),
  'Trailkey-BackOut': built('Trailkey-BackOut'),
});

const approversIn = (setting) =>
  String(setting ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** The variables of serverless.yml. */
module.exports = async ({ resolveVariable }) => {
  const { approvers } = await resolveVariable('self:custom.trailkey');
  const all = documents(approversIn(approvers));
  return {
    encryptTrail: all['Trailkey-EncryptTrail'],
    encryptTrailOrganization: all['Trailkey-EncryptTrail-Organization'],
    restoreKey: all['Trailkey-RestoreKey'],
    backOut: all['Trailkey-BackOut'],
  };
};
module.exports.documents = documents;
