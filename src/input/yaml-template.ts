import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parse,
  parseAllDocuments,
} from 'yaml';
import { FormatError } from '../core/errors.js';
import { isJsonObject } from '../core/json-value.js';
import type { Template } from './cloudformation.js';

/** A document of a YAML file, and its offset. `read` throws a FormatError if it is not a valid template. */
export type YamlDocument = { readonly at: number; readonly read: () => Template };

/** Parses a file of one YAML document, or JSON.
 *
 * @throws the error of the library for text that is not YAML
 */
export const parseYaml = (text: string): unknown => parse(text, { logLevel: 'error' });

/** Parses CloudFormation templates in YAML. Scalars are text, as CloudFormation accepts them. */
export const parseYamlTemplates = (text: string, file: string): readonly YamlDocument[] => {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    lineCounter: lines,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => ({
    at: Buffer.byteLength(text.slice(0, document.range[0])),
    read: () => templateOf(document, { lines, file }),
  }));
};

type Context = { readonly lines: LineCounter; readonly file: string };

const templateOf = (document: Document.Parsed, { lines, file }: Context): Template => {
  const [error] = document.errors;
  if (error) throw new FormatError(`the template is not valid YAML: ${error.message.split('\n')[0]}`);
  const resources = document.get('Resources');
  const keys = isMap(resources) ? resources.items.map(({ key }) => key) : [];
  const lineById = new Map(
    keys.flatMap((key) =>
      isScalar(key) && key.range ? [[String(key.value), lines.linePos(key.range[0]).line] as const] : [],
    ),
  );
  const value = valuesOf(document)(document.contents);
  if (!isJsonObject(value)) throw new FormatError('a template must be an object');
  return { value, file, lineOf: (logicalId) => lineById.get(logicalId) ?? 1 };
};

/** Aliases can expand to far more nodes than the text contains. */
const MAX_NODES = 500_000;

/** Returns a function that converts nodes, with tags in their long form: `!Ref Key` becomes `{"Ref": "Key"}`. */
const valuesOf = (document: Document.Parsed) => {
  let count = 0;
  const convert = (node: unknown): unknown => {
    count += 1;
    if (count > MAX_NODES) throw new FormatError(`the template has more than ${MAX_NODES} values`);
    if (isAlias(node)) return convert(node.resolve(document));
    if (isScalar(node)) return tagged(node, node.value);
    if (isSeq(node)) return tagged(node, node.items.map(convert));
    if (!isMap(node)) return null;
    const members = node.items.map(({ key, value }) => [
      isScalar(key) ? String(key.value) : '',
      convert(value),
    ]);
    return tagged(node, Object.fromEntries(members));
  };
  return convert;
};

const tagged = ({ tag }: Pick<Node, 'tag'>, value: unknown): unknown => {
  if (tag === undefined || !/^!\w/.test(tag)) return value;
  const name = tag.slice(1);
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value };
};
