import { checkFlow } from './flow.js';
import {
  checkReferences,
  inputScope,
  outputNames,
  type Scope,
  wholeReference,
  withExamples,
} from './references.js';
import { checkValue, inputsProblem, parseDocument } from './schema.js';
import { type Automation, type Document, type Parameter, RefusedError, type Step } from './types.js';

const MAX_BYTES = 64 * 1024;

/**
 * Reads an Automation document of schema 0.3.
 *
 * @throws RefusedError for what SSM would refuse, and for what the interpreter does not support
 */
export const readDocument = (value: unknown): Document => {
  const content = JSON.stringify(value) ?? 'null';
  const size = Buffer.byteLength(content);
  if (size > MAX_BYTES)
    throw new RefusedError(`document has ${size} bytes; at most ${MAX_BYTES} are allowed`);
  // What was sent is its text: a field that is undefined is not there.
  const document = parseDocument(JSON.parse(content));
  const { assumeRole, mainSteps, parameters = {}, outputs = [] } = document;
  for (const [name, definition] of Object.entries(parameters)) checkParameter(name, definition);

  const names = [...mainSteps.map(({ name }) => name), ...mainSteps.flatMap(outputNames)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RefusedError(`document has ${twice} twice`);
  const unknown = outputs.find((name) => !mainSteps.flatMap(outputNames).includes(name));
  if (unknown !== undefined) throw new RefusedError(`document has no output ${unknown} of a step`);

  const given = inputScope(document);
  checkReferences(assumeRole, given, 'assumeRole');
  for (const { name, action, inputs } of mainSteps) {
    const problem = inputsProblem(action, withExamples(inputs, given));
    if (problem !== undefined) throw new RefusedError(`Step ${name}: ${problem}`);
  }
  const before = checkFlow(mainSteps);
  for (const step of mainSteps) {
    const earlier = mainSteps.filter(({ name }) => before.get(step.name)?.has(name)).flatMap(outputNames);
    checkInputs(step, new Map([...given, ...earlier.map((name) => [name, 'String'] as const)]));
  }
  return document;
};

const checkInputs = ({ name, action, inputs }: Step, scope: Scope): void => {
  const { Script, ...others } = inputs;
  checkReferences(others, scope, `Step ${name}`);
  if (action === 'aws:executeScript' && !String(Script).includes(`def ${inputs['Handler']}(events`))
    throw new RefusedError(`Step ${name}: Script has no function ${inputs['Handler']}, the Handler`);
  // AWS documents parameters and outputs here, and nothing of system variables.
  for (const variable of variablesIn(inputs['Choices']))
    if (scope.get(wholeReference(variable) ?? '') !== 'String' || String(variable).includes(':'))
      throw new RefusedError(
        `Step ${name}: Variable should be one parameter or output of type String and is ${variable}`,
      );
};

const variablesIn = (choices: unknown): readonly unknown[] =>
  choices === undefined
    ? []
    : [choices].flat().flatMap((choice: any) => (choice.Or ?? [choice]).map(({ Variable }: any) => Variable));

/** Escapes by a letter or digit that mean the same to RE2, which SSM uses, and here. */
const OTHER_ESCAPE = /\\(?![dDwWsSbBfnrtv])[A-Za-z0-9]/;
const MAX_REPEATS = 1000;

/**
 * SSM reads an `allowedPattern` with RE2, and whether it looks for the pattern or matches the whole value is not documented. A
 * pattern is taken only where that makes no difference.
 */
const patternProblem = (source: string): string | undefined => {
  const groups = source.replaceAll(/\\./gs, '_').replaceAll(/\[[^\]]*\]/g, '_');
  const repeats = [...groups.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least, most]) => [least, most]);
  if (!groups.startsWith('^') || !groups.endsWith('$')) return 'should begin with ^ and end with $';
  if (withoutGroups(groups).includes('|')) return 'has alternatives outside a group';
  if (/\(\?(?!:)/.test(groups) || source.includes('[[:') || OTHER_ESCAPE.test(source))
    return 'has what RE2 lacks';
  return repeats.some((repeat) => Number(repeat) > MAX_REPEATS)
    ? `repeats more than ${MAX_REPEATS} times`
    : undefined;
};

const withoutGroups = (text: string): string => {
  const outer = text.replaceAll(/\([^()]*\)/g, '');
  return outer === text ? text : withoutGroups(outer);
};

const checkParameter = (name: string, definition: Parameter): void => {
  const { allowedPattern } = definition;
  const problem = allowedPattern === undefined ? undefined : patternProblem(allowedPattern);
  if (problem !== undefined)
    throw new RefusedError(`parameter ${name}: allowedPattern ${problem}: ${allowedPattern}`);
  try {
    new RegExp(allowedPattern ?? '', 'u');
  } catch (cause) {
    throw new RefusedError(`parameter ${name}: allowedPattern is no regular expression: ${allowedPattern}`, {
      cause,
    });
  }
  if (definition.default !== undefined)
    checkValue(`parameter ${name}: default`, definition, definition.default);
};

/** @throws RefusedError for parameters that StartAutomationExecution would not take */
export const parameterValues = (
  parameters: Readonly<Record<string, Parameter>>,
  given: Automation['parameters'],
): readonly (readonly [name: string, value: unknown])[] => {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) throw new RefusedError(`The document has no parameter ${unknown}`);
  return Object.entries(parameters).map(([name, definition]) => {
    const texts = given[name];
    if (texts === undefined) {
      if (definition.default === undefined)
        throw new RefusedError(`parameter ${name} has no default and was not given`);
      return [name, definition.default];
    }
    const value = fromTexts(texts, definition.type);
    checkValue(`parameter ${name}`, definition, value);
    return [name, value];
  });
};

const fromTexts = (texts: readonly string[], type: Parameter['type']): unknown => {
  if (type === 'StringList' || texts.length !== 1) return texts;
  const [text = ''] = texts;
  return type === 'Integer' && /^-?\d+$/.test(text) ? Number(text) : text;
};
