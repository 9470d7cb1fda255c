import type { CommandGrammar, Grammar, OptionGrammar } from './grammar.js';

/** The completion of a grammar for fish. */
export const fishScript = ({ commands, options }: Grammar): string =>
  [
    '# Completion of trailkey for fish.',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c trailkey -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ),
    ...options.map((option) => `complete -c trailkey -n __fish_use_subcommand ${optionOf(option)}`),
    ...commands.flatMap(linesFor),
    '',
  ].join('\n');

const linesFor = ({ name, words, options }: CommandGrammar): readonly string[] => {
  const start = `complete -c trailkey -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...(words.length > 0 ? [`${start} -f -a '${words.join(' ')}'`] : []),
    ...options.map((option) => `${start} ${optionOf(option)}`),
  ];
};

const optionOf = ({ long, short, summary, takesValue, words }: OptionGrammar): string =>
  [
    `-l ${long.replace(/^--/, '')}`,
    ...(short === '' ? [] : [`-s ${short.replace(/^-/, '')}`]),
    ...(takesValue ? [valueIn(words)] : []),
    `-d ${quote(summary)}`,
  ].join(' ');

/** `-x`: a value of these and no file. `-r`: a value, a file for want of words. */
const valueIn = (words: readonly string[]): string => {
  if (words.length === 0) return '-r';
  return words.some((word) => word.endsWith('='))
    ? `-r -a '${words.join(' ')}'`
    : `-x -a '${words.join(' ')}'`;
};

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
