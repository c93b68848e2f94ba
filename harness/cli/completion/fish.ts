/** Completion for fish, with descriptions. Pure. */
import type { CompletedCommand, CompletedFlag, Completion, Values } from './model.ts';
import { anyStep, firstWords } from './shell-tables.ts';

/** Writes the script. */
export const fishCompletion = (completion: Completion): string => `# Completion of mesh-harness for fish:
#   mesh-harness completion fish > ~/.config/fish/completions/mesh-harness.fish
function __mesh_harness_is
    set -l tokens (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $tokens) -ge $last; or return 1
    set -l words $tokens[2..$last]
    test "$words" = "$argv"
end
function __mesh_harness_has
    set -l tokens (commandline -opc)
    test (count $tokens) -eq $argv[1]; or return 1
    test $argv[1] -eq 1; or test "$tokens[2]" = "$argv[2]"
end
function __mesh_harness_steps
    set -l tokens (commandline -opc)
    set -l scenario
    set -l edition 1.8
    for at in (seq 2 (count $tokens))
        switch $tokens[$at]
            case ${completion.known.scenarios.join(' ')}
                set scenario $tokens[$at]
            case '--edition=*'
                set edition (string replace -- '--edition=' '' $tokens[$at])
        end
        set -l before (math $at - 1)
        test "$tokens[$before]" = --edition; and set edition $tokens[$at]
    end
    switch "$scenario $edition"
${stepCases(completion)}    end
end
complete -c mesh-harness -f
${firstWords(completion)
  .map(
    ({ words, description }) =>
      `complete -c mesh-harness -n '__mesh_harness_has 1' -a ${words} -d ${quote(description)}\n`,
  )
  .join('')}complete -c mesh-harness -l help -s h -d 'display help for command'
${completion.commands.flatMap(linesOf).join('')}`;

const stepCases = (completion: Completion): string =>
  [...completion.known.steps].map(([key, ids]) => stepCase(quote(key), ids)).join('') +
  stepCase("'*'", anyStep(completion));

const stepCase = (pattern: string, ids: readonly string[]): string =>
  `        case ${pattern}\n            printf '%s\\n' ${ids.join(' ')}\n`;

function linesOf({ words, isGroup, flags, values }: CompletedCommand): readonly string[] {
  const many = flags.filter(({ takesMany }) => takesMany).map(({ long }) => long);
  // Commands below one stand right behind it, and nowhere else.
  const place = isGroup ? `__mesh_harness_has 2 ${words}` : `__mesh_harness_is ${words}`;
  const behind = (not: string) =>
    many.map(flag => `; and ${not}contains -- ${flag} (commandline -opc)`).join('');
  return [
    ...(values && values.kind !== 'anything' ? [rule(`${place}${behind('not ')}`, argumentOf(values))] : []),
    // Behind a flag that takes many there are only files.
    ...(many.length > 0 ? [rule(`${place}${behind('')}`, '-F')] : []),
    ...flags.map(flag => rule(`__mesh_harness_is ${words}`, flagOf(flag))),
  ];
}

const rule = (condition: string, rest: string): string =>
  `complete -c mesh-harness -n ${quote(condition)} ${rest}\n`;

function flagOf({ long, short, description, values }: CompletedFlag): string {
  const names = `-l ${long.replace(/^--/, '')}${short === undefined ? '' : ` -s ${short.replace(/^-/, '')}`}`;
  return `${names}${values ? ` ${taken(values)}` : ''} -d ${quote(description)}`;
}

function taken(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `-x -a ${quote(values.words.join(' '))}`;
    case 'steps':
      return "-x -a '(__mesh_harness_steps)'";
    case 'files':
      return '-r -F';
    case 'folders':
      return "-x -a '(__fish_complete_directories)'";
    case 'anything':
      return '-x';
  }
}

function argumentOf(values: Values): string {
  if (values.kind !== 'words') return '-F';
  return `${values.orFiles === true ? '-F ' : ''}-a ${quote(values.words.join(' '))}`;
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
