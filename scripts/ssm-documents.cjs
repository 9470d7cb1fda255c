/**
 * Builds the documents of ssm-documents/: embeds each script, with the modules that it imports, in the step that runs it.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const FOLDER = join(__dirname, '../ssm-documents');
/** The maximum size of a document. */
const MAX_CONTENT_BYTES = 65_536;
const SIBLING_IMPORT = /^from (calls|keys|trails) import .*\n/gm;
const ORGANIZATION_ROLE =
  'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/trailkey-remediation-{{ global:REGION }}';

const textOf = (name) => readFileSync(join(FOLDER, name), 'utf8');

/** The modules that a script imports, recursively, followed by the script without these imports. */
const partsOf = (path) => {
  const text = textOf(path);
  const siblings = [...text.matchAll(SIBLING_IMPORT)].flatMap(([, name]) => partsOf(`scripts/${name}.py`));
  return [...siblings, text.replace(SIBLING_IMPORT, '')];
};

/** A script with its modules, each once, as one file: Automation runs one file for each step. */
const scriptAt = (path) => {
  const script = [...new Set(partsOf(path))].join('\n\n').replaceAll(/\n{4,}/g, '\n\n\n');
  if (script.includes('{{')) throw new Error(`${path} contains {{, which SSM interprets as a variable.`);
  return script;
};

const withScript = (step) =>
  step.action === 'aws:executeScript'
    ? { ...step, inputs: { ...step.inputs, Script: scriptAt(step.inputs.Script) } }
    : step;

const built = (name) => {
  const document = parse(textOf(`${name}.yaml`));
  return checked(name, { ...document, mainSteps: document.mainSteps.map(withScript) });
};

const checked = (name, document) => {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > MAX_CONTENT_BYTES)
    throw new Error(`${name} has ${bytes} bytes. The maximum size of a document is ${MAX_CONTENT_BYTES}.`);
  return document;
};

/** The document with its role built in, because the conformance pack of an organization cannot contain a role ARN for each account. */
const forOrganization = ({ parameters, ...document }) => {
  const { AutomationAssumeRole: _, ...others } = parameters;
  return { ...document, assumeRole: ORGANIZATION_ROLE, parameters: others };
};

/** Restricts the approvers of the document to those in the settings, in the parameter and in the step. */
const withApprovers = (document, approvers) => {
  if (approvers.length === 0) return document;
  const { Approvers, ...others } = document.parameters;
  return {
    ...document,
    parameters: { ...others, Approvers: { ...Approvers, allowedValues: [approvers], default: approvers } },
    mainSteps: document.mainSteps.map((step) =>
      step.action === 'aws:approve' ? { ...step, inputs: { ...step.inputs, Approvers: approvers } } : step,
    ),
  };
};

/** All documents by name. `approvers` are the only approvers. If empty, they are chosen when the automation is started. */
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

/** The documents that serverless.yml embeds. */
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
