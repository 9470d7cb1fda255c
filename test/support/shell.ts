/** A simple command of a shell: its words, and the files that it reads and writes by redirection. */
export type ShellCommand = {
  readonly words: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
};

type Token = { readonly kind: 'word' | 'operator'; readonly text: string };

/**
 * The simple commands of a script, in order, with those inside `$(…)` at the end. It knows what the documents use: quotes,
 * comments, continued lines, pipes, lists, redirections, assignments, and loops, of which it gives the first round.
 *
 * @throws where a quote or a parenthesis is left open
 */
export const commandsIn = (script: string): readonly ShellCommand[] => {
  const inner: string[] = [];
  const simple = splitAtSeparators(tokensOf(firstRound(script), inner)).map(commandOf);
  return [...simple.filter(({ words }) => words.length > 0), ...inner.flatMap(commandsIn)];
};

/** A script with the first value of each loop in place of its variable; what a command gives is not known. */
const firstRound = (script: string): string =>
  [...script.matchAll(/\bfor (\w+) in (\S+)|\b(\w+)=\$\(/g)].reduce(
    (text, [, looped = '', value = 'SUBSTITUTED', assigned = looped]) =>
      text.replaceAll(`"$${assigned}"`, value),
    script,
  );

const SEPARATORS = new Set(['\n', ';', '&&', '||', '|', '&']);
const OPERATOR = /^(?:&&|\|\||<<<|>>|2>|[\n;|&<>])/;

const tokensOf = (script: string, inner: string[]): readonly Token[] => {
  const tokens: Token[] = [];
  let rest = script.replace(/\\\n/g, ' ');
  while (rest !== '') {
    const [blank = ''] = /^(?:[ \t]+|#.*)+/.exec(rest) ?? [];
    rest = rest.slice(blank.length);
    const [operator] = OPERATOR.exec(rest) ?? [];
    if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator });
      rest = rest.slice(operator.length);
    } else if (rest !== '') {
      const { text, length } = wordAt(rest, inner);
      tokens.push({ kind: 'word', text });
      rest = rest.slice(length);
    }
  }
  return tokens;
};

/** A stretch of a word: what stands in quotes, a substitution, an escaped character, or plain text. */
const PIECE = /^(?:'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^\s'"\\;|&<>$]+|\$(?!\()))/;

const wordAt = (script: string, inner: string[]): { readonly text: string; readonly length: number } => {
  let text = '';
  let at = 0;
  while (at < script.length && !/^[\s;|&<>]/.test(script.slice(at))) {
    const rest = script.slice(at);
    if (rest.startsWith('$(')) {
      const length = substitutionAt(rest);
      inner.push(rest.slice(2, length - 1));
      text += 'SUBSTITUTED';
      at += length;
      continue;
    }
    const piece = PIECE.exec(rest);
    if (piece === null) throw new Error(`A quote is left open: ${rest.slice(0, 60)}`);
    const [whole, single, double, escaped, plain] = piece;
    text += single ?? (double === undefined ? undefined : unquoted(double, inner)) ?? escaped ?? plain ?? '';
    at += whole.length;
  }
  return { text, length: at };
};

const unquoted = (text: string, inner: string[]): string => {
  const start = text.indexOf('$(');
  if (start === -1) return text.replace(/\\(["\\$`])/g, '$1');
  const length = substitutionAt(text.slice(start));
  inner.push(text.slice(start + 2, start + length - 1));
  return `${text.slice(0, start)}SUBSTITUTED${unquoted(text.slice(start + length), inner)}`;
};

/** The length of the `$(…)` at the start of a text. */
const substitutionAt = (text: string): number => {
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ')' && depth === 0) return at + 1;
  }
  throw new Error(`A parenthesis is left open: ${text.slice(0, 60)}`);
};

const splitAtSeparators = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'operator' && SEPARATORS.has(token.text)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
};

const KEYWORDS = new Set(['do', 'done', 'while', 'if', 'then', 'else', 'fi']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

const commandOf = (tokens: readonly Token[]): ShellCommand => {
  const words: string[] = [];
  const files: { readonly operator: string; readonly file: string }[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    const before = tokens[index - 1];
    if (kind === 'operator') continue;
    if (before?.kind === 'operator') files.push({ operator: before.text, file: text });
    else words.push(text);
  }
  const named = (pattern: RegExp) =>
    files.filter(({ operator }) => pattern.test(operator)).map(({ file }) => file);
  return { words: withoutPrefix(words), reads: named(/^<$/), writes: named(/>$/) };
};

const withoutPrefix = (words: readonly string[]): readonly string[] => {
  const start = words.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNMENT.test(word));
  return start === -1 || words[start] === 'for' ? [] : words.slice(start);
};
