/** Completion for bash, 3.2 and later, without the package bash-completion. Pure. */
import type { Completion } from './model.ts';
import { arm, firstWords, groupsOf, shellLoop, shellTables } from './shell-tables.ts';

/** Writes the script. */
export const bashCompletion = (completion: Completion): string =>
  `# Completion of mesh-harness for bash. In ~/.bashrc:  eval "$(mesh-harness completion bash)"
${shellTables(completion)}_mesh_harness_flags() {
  case $1 in
${flagArms(completion)}    *) these=--help ;;
  esac
}
_mesh_harness() {
  local i word cmd=\${COMP_WORDS[1]} first=2 flag= takes= scenario= edition= prefix= these= how=
  local cur=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    these='${firstWords(completion)
      .map(({ words }) => words)
      .join(' ')} --help --version'
    COMPREPLY=($(compgen -W "$these" -- "$cur"))
    return
  fi
  case $cmd in
    ${groupsOf(completion).join(' | ')}) ((COMP_CWORD > 2)) && cmd="$cmd \${COMP_WORDS[2]}" first=3 ;;
  esac
${shellLoop(completion, 'COMP_WORDS', 'COMP_CWORD')}  # Readline parts words at "=".
  [[ $cur == '=' ]] && cur=
  if [[ $cur == --*=* ]]; then
    flag=\${cur%%=*} prefix=\${cur%%=*}= cur=\${cur#*=}
  fi
  if [[ $cur == -* ]]; then
    _mesh_harness_flags "$cmd"
  else
    _mesh_harness_values "$cmd\${flag:+ $flag}"
  fi
  while IFS= read -r word; do COMPREPLY+=("$prefix$word"); done < <(
    [[ -n $these ]] && compgen -W "$these" -- "$cur"
    [[ $how == files ]] && compgen -f -- "$cur"
    [[ $how == folders ]] && compgen -d -- "$cur"
  )
  [[ -n $how ]] && compopt -o filenames 2> /dev/null
  return 0
}
complete -F _mesh_harness mesh-harness
`;

const flagArms = ({ commands }: Completion): string =>
  commands
    .map(({ words, flags }) =>
      arm([words], `these='${[...flags.map(({ long }) => long), '--help'].join(' ')}'`),
    )
    .join('');
