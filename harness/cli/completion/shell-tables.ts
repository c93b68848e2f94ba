/**
 * The tables of completion as functions that bash and zsh understand alike. They read and set variables of
 * the function that calls them: `takes`, `these`, `how`, `scenario`, `edition`. Pure.
 */
import type { Completion, Values } from './model.ts';
import { argumentPlaces, type Place, placesByValues, takesMany, takesOne } from './places.ts';

/** Writes the functions. */
export const shellTables = (completion: Completion): string => `_mesh_harness_takes() {
  takes=
  case $1 in
${arm(takesMany(completion), 'takes=many')}${arm(takesOne(completion), 'takes=one')}  esac
}
_mesh_harness_steps() {
  case "$scenario \${edition:-1.8}" in
${stepArms(completion)}    *) these='${anyStep(completion).join(' ')}' ;;
  esac
}
_mesh_harness_values() {
  these= how=
  case $1 in
${[...placesByValues(completion), ...argumentPlaces(completion)].map(armOf).join('')}  esac
}
`;

const stepArms = ({ known }: Completion): string =>
  [...known.steps].map(([key, ids]) => arm([key], `these='${ids.join(' ')}'`)).join('');

/** Writes the loop that reads what stands on the line before the word that is completed. */
export const shellLoop = (
  { known }: Completion,
  line: string,
  end: string,
): string => `  for ((i = first; i < ${end}; i++)); do
    word=\${${line}[i]}
    [[ $word == '=' ]] && continue
    case $word in
      ${known.scenarios.join(' | ')}) scenario=$word ;;
    esac
    if [[ -n $flag && $word != -* ]]; then
      [[ $flag == --edition ]] && edition=$word
      [[ $takes == many ]] || flag=
    elif [[ $word == --*=* ]]; then
      flag=
      [[ $word == --edition=* ]] && edition=\${word#*=}
    else
      _mesh_harness_takes "$cmd $word"
      flag=\${takes:+$word}
    fi
  done
`;

/** Lists the commands that stand first. */
export const firstWords = ({ commands }: Completion): Completion['commands'] =>
  commands.filter(({ words }) => !words.includes(' '));

/** Lists the commands behind which other commands stand. */
export const groupsOf = ({ commands }: Completion): readonly string[] =>
  commands.filter(({ isGroup }) => isGroup).map(({ words }) => words);

/** Lists the ids of all steps, for a line that names no scenario of ours. */
export const anyStep = ({ known }: Completion): readonly string[] => [
  ...new Set([...known.steps.values()].flat()),
];

/** Writes an arm of `case`; none without a pattern. */
export const arm = (patterns: readonly string[], body: string): string =>
  patterns.length === 0 ? '' : `    ${patterns.map(each => `'${each}'`).join(' | ')}) ${body} ;;\n`;

const armOf = ({ keys, values }: Place): string => arm(keys, bodyOf(values));

function bodyOf(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `these='${values.words.join(' ')}'${values.orFiles === true ? ' how=files' : ''}`;
    case 'steps':
      return '_mesh_harness_steps';
    case 'files':
    case 'folders':
      return `how=${values.kind}`;
    case 'anything':
      return ':';
  }
}
