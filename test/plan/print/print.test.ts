import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { trialOf } from '../../../harness/matrix/applies.ts';
import { changePlan } from '../../../harness/matrix/change-plan.ts';
import { readCorpus } from '../../../harness/matrix/corpus.ts';
import { printJson } from '../../../harness/plan/print/json.ts';
import { printList } from '../../../harness/plan/print/list.ts';
import { printMarkdown } from '../../../harness/plan/print/markdown.ts';
import { printShell } from '../../../harness/plan/print/shell.ts';
import { layOut, shellWord } from '../../../harness/plan/print/words.ts';
import type { Plan } from '../../../harness/plan/step.ts';
import { EDITION_NAMES, EXAMPLES, FOUR, planOf, topologyOf } from '../scenarios.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Compares with a golden file; UPDATE_GOLDEN=1 writes it instead. */
function golden(t: Test, file: string, text: string): void {
  const full = path.join(root, 'fixtures/golden/plan', file);
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
  t.equal(
    text,
    readFileSync(full, 'utf8'),
    `fixtures/golden/plan/${file}; if the change is meant: UPDATE_GOLDEN=1`,
  );
}

/** What runs side by side follows from this, and no other text tells of it. */
const dependenciesOf = ({ steps }: Plan): string =>
  steps.map(({ id, dependsOn }) => `${[id, ...dependsOn].join('\n  after ')}\n`).join('');

t.test('lists, scripts and dependencies of the four scenarios are as they were reviewed', async t => {
  for (const edition of EDITION_NAMES) {
    for (const scenario of FOUR) {
      const plan = await planOf(scenario, edition);
      golden(t, `${edition}/${scenario}.txt`, printList(plan));
      golden(t, `${edition}/${scenario}.sh`, printShell(plan));
      golden(t, `${edition}/${scenario}.dependencies.txt`, dependenciesOf(plan));
    }
  }
  golden(t, '1.8/primary-remote.md', printMarkdown(await planOf('primary-remote', '1.8')));
});

t.test('bash understands every script', async t => {
  const wanted = ['trust/different-roots', 'remote-secret/bad-token-2', 'remote-secret/revoked-later'];
  const all = (await readCorpus()).flatMap(({ cases }) => cases);
  const cases = all.filter(({ id }) => wanted.includes(id));
  for (const edition of EDITION_NAMES) {
    for (const scenario of [...FOUR, ...EXAMPLES]) {
      const plan = await planOf(scenario, edition);
      const topology = await topologyOf(scenario);
      // With commands of its own before, between, after and instead of the guide's.
      const changed = cases
        .flatMap(each => trialOf(each, topology, plan) ?? [])
        .map(({ edits }) => changePlan(plan, edits));
      t.ok(changed.length > 0);
      const plans = [plan, ...changed];
      for (const candidate of plans) {
        const bash = spawnSync('bash', ['-n'], { input: printShell(candidate), encoding: 'utf8' });
        t.same([bash.status, bash.stderr], [0, ''], `${edition} ${scenario}`);
      }
    }
  }
});

t.test('a script does what the plan says', async t => {
  // Programs that write down what they are called with stand in for the real ones.
  const folder = t.testdir();
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    // Written down at once, standard input included, since the programs of a pipe run side by side.
    const log = `input=''; for arg in "$@"; do [[ $arg == - ]] && input="$(sed 's/^/  stdin: /')"; done
{ printf '${name}'; printf ' [%s]' "$@"; echo; [[ -z $input ]] || echo "$input"; } > "$LOG.part.$$"
cat "$LOG.part.$$" >> "$LOG"`;
    writeFileSync(path.join(bin, name), `#!/bin/bash\n${log}\n${text}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  program('istioctl', 'echo a document');
  // The address takes until the third question.
  program(
    'kubectl',
    `case "$*" in
  *ingress*) n=$(cat "$LOG.n" 2>/dev/null || echo 0); echo $((n + 1)) > "$LOG.n"; ((n < 2)) || printf 172.30.0.9 ;;
  *metadata.name*) printf a-pod ;;
esac`,
  );
  program('mesh-harness', '');
  program('sleep', '');
  cpSync(path.join(root, 'fixtures/samples/1.8'), path.join(folder, 'samples'), { recursive: true });
  writeFileSync(
    path.join(folder, 'script.sh'),
    printShell(await planOf('primary-remote-multi-network', '1.8')),
  );
  const run = spawnSync('bash', ['script.sh'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      LOG: path.join(folder, 'log'),
      CTX_CLUSTER2: 'kind-cluster2',
    },
  });
  t.equal(run.status, 0, run.stderr);
  const log = readFileSync(path.join(folder, 'log'), 'utf8');
  t.match(log, 'mesh-harness [certs] [--out] [certs] [cluster1] [cluster2]\n');
  t.match(log, 'kubectl [--context=kind-cluster2] [create] [secret] [generic] [cacerts]');
  t.match(
    log,
    '  stdin:           topology.istio.io/network: network2\n',
    'the gateway script is piped into istioctl',
  );
  t.match(log, 'kubectl [--context=cluster1] [apply] [-f] [-]\n  stdin: a document\n');
  t.equal(
    [...log.matchAll(/jsonpath=\{\.status\.loadBalancer/g)].length,
    3,
    'it asks until there is an address',
  );
  t.match(readFileSync(path.join(folder, 'cluster2.yaml'), 'utf8'), 'remotePilotAddress: 172.30.0.9\n');
  t.match(
    log,
    '[exec] [-n] [sample] [-c] [sleep] [a-pod] [--] [curl] [-sS] [-m] [15] [helloworld.sample:5000/hello?[1-10]]',
  );
  t.match(run.stderr, '==> cluster2: Install a remote configuration\n');
});

t.test('a script stops at the first failure', async t => {
  const folder = t.testdir({ bin: {}, samples: { multicluster: {} } });
  const failing = path.join(folder, 'bin', 'mesh-harness');
  writeFileSync(failing, '#!/bin/bash\nexit 7\n');
  chmodSync(failing, 0o755);
  const input = printShell(await planOf('multi-primary', '1.8'));
  const env = { PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin` };
  const run = spawnSync('bash', ['-s'], { cwd: folder, input, encoding: 'utf8', env });
  t.equal(run.status, 7);
  t.equal([...run.stderr.matchAll(/==>/g)].length, 1);
  const nowhere = spawnSync('bash', ['-s'], { cwd: '/', input, encoding: 'utf8', env });
  t.match(nowhere, { status: 1, stderr: /no samples\/multicluster here/ });
});

t.test('words keep their variables and lose their dangers', async t => {
  const echo = (word: string) =>
    execFileSync('bash', ['-c', `NAME='a b'; printf %s ${shellWord(word)}`], { encoding: 'utf8' });
  t.equal(echo(`x-\${NAME}-"$HOME"-\`id\`-\\`), 'x-a b-"$HOME"-`id`-\\');
  t.equal(echo("jsonpath={.items[0].metadata.name} it's"), "jsonpath={.items[0].metadata.name} it's");
  t.equal(shellWord('plain'), 'plain');
});

t.test('long lines are broken before a flag', async t => {
  const words = ['kubectl', ...Array.from({ length: 20 }, (_, index) => [`--flag${index}`, 'value']).flat()];
  const lines = layOut(words).split('\n');
  t.ok(lines.length > 1 && lines.every(line => line.length <= 116));
  t.ok(lines.slice(1).every(line => line.startsWith('    --flag')));
});

t.test('JSON is the plan itself', async t => {
  const plan = await planOf('multi-primary', '1.8');
  t.same(JSON.parse(printJson(plan)), plan);
});

t.test('Markdown tells every step and every erratum once', async t => {
  for (const edition of EDITION_NAMES) {
    const plan = await planOf('primary-remote-multi-network', edition);
    const text = printMarkdown(plan);
    for (const { id } of plan.steps) t.equal(text.split(`\n\`${id}\``).length, 2, id);
    for (const { weDo, id } of plan.errata) t.match(text, `> **Here:** ${weDo}`, id);
    t.equal(text.split('**The guide says**').length - 1, plan.errata.length);
  }
});

t.test('no text of a plan becomes a line of its script', async t => {
  const evil = "x\ntouch X; # '\r\u2028";
  const plan = await planOf('primary-remote', '1.8');
  const hostile: Plan = {
    ...plan,
    scenario: evil,
    steps: plan.steps.map((step, index) => ({
      ...step,
      id: `${evil}/${index}`,
      title: evil,
      guide: { page: evil, section: `${evil}${index}`, lines: [1, 2] },
      commands: step.commands.map(command => ({ ...command, ...(command.awaits && { awaits: evil }) })),
    })),
  };
  const text = printShell(hostile, `mesh-harness guide plan '--var=${evil}'`);
  t.same(
    text.split('\n').filter(line => /^\s*touch/.test(line)),
    [],
  );
  t.match(text, /# Printed by: .*x\\ntouch X;/);
  const bash = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  t.same([bash.status, bash.stderr], [0, '']);
  const [first, ...others] = plan.steps;
  if (!first) return;
  const command = { tool: 'kubectl' as const, args: ['```\n# b\n````'], timeoutMs: 1 };
  const fenced = printMarkdown({ ...plan, steps: [{ ...first, commands: [command] }, ...others] });
  t.match(fenced, /^`````bash\nkubectl '```\n# b\n````'\n`````$/m, 'a fence is longer than any in its text');
});
