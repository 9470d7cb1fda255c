import { marked, type Token } from 'marked';
import { parse } from 'yaml';
import { filesBelow, textAt } from './project.js';
import { commandsIn, type ShellCommand } from './shell.js';

/** A block of code in a page: where it stands, its language (empty where none is named), and its text. */
export type CodeBlock = {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
};

/** The pages whose code is held to be right. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
];

/** All blocks of code of a text in Markdown, also those in lists and quotes, and those that are only indented. */
export const codeBlocksOf = (page: string, markdown: string): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = [];
  let from = 0;
  marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (token.type !== 'code') return;
    const [firstLine = ''] = token.raw.trimStart().split('\n');
    const at = markdown.indexOf(firstLine, from);
    from = at + token.raw.trim().length;
    const line = markdown.slice(0, at).split('\n').length;
    blocks.push({ page, line, language: token.lang ?? '', text: token.text });
  });
  return blocks;
};

/** Every block of code of the pages. */
export const CODE_BLOCKS: readonly CodeBlock[] = PAGES.flatMap((page) => codeBlocksOf(page, textAt(page)));

/** The blocks in these languages. */
export const blocksIn = (...languages: readonly string[]): readonly CodeBlock[] =>
  CODE_BLOCKS.filter(({ language }) => languages.includes(language));

/** A command that a page shows. */
export type ShownCommand = ShellCommand & { readonly page: string; readonly line: number };

const scriptsOf = ({ language, text }: CodeBlock): readonly string[] => {
  if (language === 'sh') return [text];
  if (language !== 'yaml') return [];
  const { jobs = {} }: { jobs?: Readonly<Record<string, { steps: readonly { run?: string }[] }>> } =
    parse(text);
  return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
};

/** Every command of the blocks for a shell, and of the steps of workflows. */
export const SHOWN_COMMANDS: readonly ShownCommand[] = CODE_BLOCKS.flatMap((block) =>
  scriptsOf(block)
    .flatMap(commandsIn)
    .map((command) => ({ ...command, page: block.page, line: block.line })),
);
