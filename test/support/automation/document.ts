import { RefusedError } from './errors.js';
import { checkFlow } from './flow.js';
import { checkInputs } from './inputs.js';
import { type Parameter, readParameters } from './parameters.js';
import { checkReferences, type Scope } from './references.js';
import { arrayAt, checkKeys, objectAt, textAt } from './shape.js';
import { readStep, type Step } from './step.js';
import { SYSTEM_VARIABLES } from './system-variables.js';
import type { ValueType } from './value-type.js';

/** A document that holds together. */
export type Document = {
  readonly assumeRole: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly steps: readonly Step[];
  /** Each is `step.Output`. */
  readonly outputs: readonly string[];
};

const MAX_BYTES = 64 * 1024;

const KEYS = {
  // SSM lets a document go without a role, and its scripts then go without any permission.
  required: ['schemaVersion', 'assumeRole', 'mainSteps'],
  optional: ['description', 'parameters', 'outputs'],
};

/**
 * Reads an Automation document of schema 0.3.
 *
 * @throws RefusedError for what SSM would refuse, and for what is not known here
 */
export const readDocument = (value: unknown): Document => {
  const content = JSON.stringify(value) ?? 'null';
  const size = Buffer.byteLength(content);
  if (size > MAX_BYTES)
    throw new RefusedError(`The document has ${size} bytes, and at most ${MAX_BYTES} are allowed.`);
  // What was sent is its text: a field that is undefined is not there.
  const object = objectAt(JSON.parse(content), 'The document');
  checkKeys(object, KEYS, 'The document');
  if (object['schemaVersion'] !== '0.3') throw new RefusedError('schemaVersion should be the text 0.3.');

  const parameters = readParameters(object['parameters']);
  const steps = readSteps(object['mainSteps']);
  const given = typesOf(parameters);
  const scope: Scope = new Map([...given, ...outputTypes(steps)]);
  const assumeRole = textAt(object['assumeRole'], 'assumeRole');
  checkReferences(assumeRole, given, 'assumeRole');
  for (const { name, action, inputs } of steps) {
    const place = { scope, where: `Step ${name}.inputs` };
    checkInputs(inputs, action.inputs, place);
    action.check?.(inputs, place);
  }
  checkFlow(steps);
  return { assumeRole, parameters, steps, outputs: readDocumentOutputs(object['outputs'], steps) };
};

const readSteps = (value: unknown): readonly Step[] => {
  const steps = arrayAt(value, 'mainSteps').map(readStep);
  if (steps.length === 0) throw new RefusedError('mainSteps is empty.');
  const names = steps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RefusedError(`Two steps have the name ${twice}.`);
  return steps;
};

const typesOf = (parameters: ReadonlyMap<string, Parameter>): Scope =>
  new Map<string, ValueType>([
    ...SYSTEM_VARIABLES.map((name) => [name, 'String'] as const),
    ...[...parameters].map(([name, { type }]) => [name, type] as const),
  ]);

const outputTypes = (steps: readonly Step[]): Scope =>
  new Map(
    steps.flatMap((step) =>
      step.outputs.map((output) => [`${step.name}.${output.name}`, output.type] as const),
    ),
  );

const readDocumentOutputs = (value: unknown, steps: readonly Step[]): readonly string[] => {
  if (value === undefined) return [];
  const known = outputTypes(steps);
  return arrayAt(value, 'outputs').map((entry, index) => {
    const name = textAt(entry, `outputs[${index}]`);
    if (!known.has(name))
      throw new RefusedError(`outputs[${index}] should be a step's output and is ${name}.`);
    return name;
  });
};
