/** Completion for zsh, with descriptions. Pure. */
import type { CompletedCommand, Completion } from './model.ts';
import { arm, firstWords, groupsOf, shellLoop, shellTables } from './shell-tables.ts';

/** Writes the script: for `eval`, or as the file `_mesh-harness` in a folder of fpath. */
export const zshCompletion = (completion: Completion): string => `#compdef mesh-harness
# Completion of mesh-harness for zsh. In ~/.zshrc, behind compinit:  eval "$(mesh-harness completion zsh)"
${shellTables(completion)}_mesh_harness_flags() {
  case $1 in
${completion.commands.map(flagArm).join('')}  esac
  flags+=('--help:display help for command')
}
_mesh_harness() {
  local word cmd=$words[2] flag= takes= scenario= edition= these= how=
  local -a flags commands
  integer i first=3
  if ((CURRENT == 2)); then
    commands=(${firstWords(completion).map(nameOf).join(' ')})
    _describe -t commands command commands
    return
  fi
  case $cmd in
    ${groupsOf(completion).join(' | ')}) ((CURRENT > 3)) && cmd="$cmd $words[3]" first=4 ;;
  esac
${shellLoop(completion, 'words', 'CURRENT')}  if [[ $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P '*='
  elif [[ $PREFIX == -* ]]; then
    _mesh_harness_flags "$cmd"
    _describe -o -t flags flag flags
    return
  fi
  _mesh_harness_values "$cmd\${flag:+ $flag}"
  [[ -n $these ]] && compadd -- \${=these}
  case $how in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ \${funcstack[1]} == _mesh_harness ]]; then
  _mesh_harness "$@"
else
  compdef _mesh_harness mesh-harness
fi
`;

const flagArm = ({ words, flags }: CompletedCommand): string =>
  arm([words], `flags=(${flags.map(({ long, description }) => described(long, description)).join(' ')})`);

const nameOf = ({ words, description }: CompletedCommand): string => described(words, description);

const described = (name: string, text: string): string =>
  `'${name}:${text.replaceAll('\\', '\\\\').replaceAll("'", "'\\''")}'`;
