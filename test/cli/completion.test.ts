/** Completion, asked of the shells themselves. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { planOf } from '../plan/scenarios.ts';
import { temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const work = path.join(folder.path, 'work');
mkdirSync(path.join(work, 'some folder'), { recursive: true });
writeFileSync(path.join(work, 'my-mesh.yaml'), '');

const stepsOf = async (scenario: string, edition: string) =>
  (await planOf(scenario, edition)).steps.map(({ id }) => id);
const [inCurrent, inOld] = await Promise.all([
  stepsOf('primary-remote', 'current'),
  stepsOf('primary-remote', '1.8'),
]);
const onlyCurrent = inCurrent.find(id => !inOld.includes(id)) ?? '';
const onlyOld = inOld.find(id => !inCurrent.includes(id)) ?? '';

/** A line, of which the last word is completed; what is among the answers, and what is not. */
const ROWS: readonly (readonly [line: string, has: readonly string[], hasNot?: readonly string[]])[] = [
  ['mesh-harness ', ['run', 'verify', 'guide', 'completion', 'down'], ['lint', '--platform']],
  ['mesh-harness ver', ['verify', 'version'], ['run']],
  ['mesh-harness guide ', ['plan', 'lint', 'rules'], ['run']],
  ['mesh-harness report ', ['merge', 'diff', 'render'], ['lint']],
  ['mesh-harness report render x.json --format ', ['html'], ['lint']],
  ['mesh-harness completion ', ['bash', 'zsh', 'fish'], ['run']],
  ['mesh-harness run ', ['all', 'primary-remote-multi-network', 'my-mesh.yaml'], ['verify', 'plan']],
  ['mesh-harness plan multi-primary-', ['multi-primary-multi-network'], ['all', 'primary-remote']],
  ['mesh-harness run --', ['--platform', '--omit', '--no-cache', '--help'], ['--detach', '--worker']],
  ['mesh-harness up --', ['--detach', '--first-port'], ['--platform']],
  ['mesh-harness guide lint --', ['--fix', '--dry-run'], ['--tab']],
  ['mesh-harness guide plan x.md --', ['--tab', '--as-printed'], ['--fix']],
  ['mesh-harness run --platform ', ['simulator', 'kind', 'existing', 'auto'], ['all', 'my-mesh.yaml']],
  ['mesh-harness run multi-primary --edition c', ['current'], ['1.8']],
  ['mesh-harness run all --output ', ['text', 'tap'], ['all']],
  ['mesh-harness diagnose -o ', ['text', 'json'], ['tap']],
  ['mesh-harness run --load-balancer ', ['node-address', 'metallb'], ['all']],
  [
    'mesh-harness run --check ',
    ['common-root', 'CLUSTER-workloads-ready', 'cluster1-reaches-every-version'],
    ['all'],
  ],
  ['mesh-harness verify --skip-check common-', ['common-root'], ['failover']],
  ['mesh-harness matrix --case trust/', ['trust/'], []],
  ['mesh-harness run primary-remote --edition current --omit ', [onlyCurrent], [onlyOld, 'my-mesh.yaml']],
  ['mesh-harness run primary-remote --omit ', [onlyOld], [onlyCurrent]],
  ['mesh-harness run primary-remote --edition=current --omit ', [onlyCurrent], [onlyOld]],
  ['mesh-harness run ./my-mesh.yaml --omit ', [onlyOld, onlyCurrent], []],
  ['mesh-harness run --omit a/b --seed 3 --edition ', ['1.8', 'current'], ['all']],
  ['mesh-harness run --istiod ', ['my-mesh.yaml'], ['all']],
  ['mesh-harness run --trace ', ['some folder'], ['my-mesh.yaml', 'all']],
  ['mesh-harness run --guide a.md b.md ', ['my-mesh.yaml'], ['all']],
  ['mesh-harness run --guide a.md --tab ', [], ['my-mesh.yaml', 'all']],
  ['mesh-harness run --seed ', [], ['my-mesh.yaml', 'all', 'multi-primary']],
  ['mesh-harness up --edition=cur', ['current'], ['1.8']],
];

/** Asks bash as readline does, which parts words at `=` too. */
const BASH = `source "$1"; shift
line=$1; COMP_WORDS=(); for word in $line; do
  while [[ $word == *=* ]]; do COMP_WORDS+=("\${word%%=*}" =); word=\${word#*=}; done
  [[ -n $word ]] && COMP_WORDS+=("$word")
done
[[ $line == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); complete -p mesh-harness > /dev/null || exit 1
_mesh_harness; ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"; exit 0`;

/** Makes a zsh write down what its completion adds, line by line; `^X^N` ends a line. */
const ZSH_INSIDE = (script: string, out: string) => `PROMPT= RPROMPT=
unsetopt auto_list auto_menu list_ambiguous beep
autoload -Uz compinit; compinit -u -D
source ${script}
compadd() {
  local -a got
  if [[ -z \${(M)argv:#-[OAD]*} ]]; then builtin compadd -O got "$@"; print -rl -- $got >> ${out}; fi
  builtin compadd "$@"
}
end-of-line-of-test() { print -r -- '=====' >> ${out}; BUFFER= }
zle -N end-of-line-of-test
bindkey '^X^N' end-of-line-of-test
bindkey '^I' complete-word
print READY
`;
const ZSH = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "source $1"; zpty -r -m z seen '*READY*'; shift
for line; do zpty -w -n z "$line"$'\\t\\C-X\\C-N'; done
zpty -w z exit; while zpty -r z seen; do :; done; zpty -d z`;

/** Asks a shell for all lines. @returns what it answers to each */
type Ask = (script: string, lines: readonly string[]) => readonly string[];

const askEach =
  (argvFor: (script: string, line: string) => readonly [string, readonly string[]]): Ask =>
  (script, lines) =>
    lines.map(line => {
      const [program, argv] = argvFor(script, line);
      const { stdout, stderr } = spawnSync(program, argv, { cwd: work, encoding: 'utf8' });
      return `${stderr}${stdout}`;
    });

const SHELLS: Readonly<Record<string, Ask>> = {
  bash: askEach((script, line) => ['bash', ['--norc', '-c', BASH, 'bash', script, line]]),
  fish: askEach((script, line) => ['fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]]),
  zsh: (script, lines) => {
    const out = path.join(folder.path, 'zsh.out');
    const inside = path.join(folder.path, 'inside.zsh');
    writeFileSync(inside, ZSH_INSIDE(script, out));
    spawnSync('zsh', ['-f', '-c', ZSH, 'zsh', inside, ...lines], { cwd: work, timeout: 20_000 });
    return readFileSync(out, 'utf8').split('=====\n');
  },
};

for (const [shell, ask] of Object.entries(SHELLS)) {
  const isMissing = spawnSync(shell, ['--version']).status !== 0;
  t.test(shell, { skip: isMissing && `${shell} is not installed` }, async t => {
    const { code, stdout } = await runHere(['completion', shell]);
    t.equal(code, 0);
    const script = path.join(folder.path, `script.${shell}`);
    writeFileSync(script, stdout);
    const said = ask(
      script,
      ROWS.map(([line]) => line),
    );
    for (const [index, [line, has, hasNot = []]] of ROWS.entries()) {
      const answers = (said[index] ?? '')
        .split('\n')
        .map(each => each.split('\t')[0]?.replace(/^--edition=|\/$|^\.\/|\\/g, ''));
      for (const each of has)
        t.ok(
          answers.some(answer => answer === each || (each.endsWith('/') && answer?.startsWith(each))),
          `${line}: ${each} in ${answers.join(' ').slice(0, 300)}`,
        );
      for (const each of hasNot) t.notOk(answers.includes(each), `${line}: not ${each}`);
    }
  });
}
