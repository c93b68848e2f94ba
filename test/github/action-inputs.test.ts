/** The action's inputs, and how it comes to its program: nothing of an input is a shell's, whatever it says. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { temporaryFolder } from '../support/cli.ts';
import type { ActionStep } from '../support/github/action.ts';
import { MACHINE, useHere } from '../support/github/use.ts';

/** Words that would do something if a shell read them, and lines that a runner would. */
const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  '"; touch pwned; "',
  "'; touch pwned; '",
  '&& touch pwned',
  '--omit\n--keep',
  '\n::set-output name=verdict::passed\n',
  '##[set-output name=verdict;]passed',
  '$' + '{{ inputs.scenarios }}',
  '--help',
].join(' ');

t.test('an input is no text of a shell, and no command of the workflow', async t => {
  // All at once: a start of the program for each of them would take long.
  for (const name of ['scenarios', 'platform', 'edition', 'istio-version', 'arguments']) {
    const used = await useHere(t, { scenarios: 'multi-primary', [name]: HOSTILE });
    t.equal(used.succeeded, false, name);
    t.same(used.outputs, { verdict: '', 'exit-code': '2', report: '' }, used.log);
    t.same(readdirSync(used.workspace), [], 'nothing was made');
    t.match(used.commands, [{ command: 'error', properties: { title: 'mesh-harness' } }]);
    t.equal(used.commands.length, 1);
  }
});

/** Says what it was given, and leaves a report. */
const SAYS_ARGV = `import { mkdirSync, writeFileSync } from 'node:fs';
const [, folder] = process.argv[3].split('=');
mkdirSync(folder, { recursive: true });
writeFileSync(folder + '/report.json', '');
console.log(JSON.stringify(process.argv.slice(2)));`;

t.test('arguments are what a shell would make of them, but nothing is expanded', async t => {
  const used = await useHere(
    t,
    {
      scenarios: `multi-primary './my mesh.yaml'\n--x`,
      arguments: `--set a=b\\ c 'it''s' "say \\"no\\" to \\x $HOME" --e= ''\n  $(id) * ~ \\\n last`,
      'report-dir': ' r ',
      platform: 'kind',
      'istio-version': '1.29.1',
    },
    { program: SAYS_ARGV },
  );
  t.equal(used.succeeded, true, used.log);
  t.same(JSON.parse(used.log), [
    ...['run', `--report-dir=${path.join(used.workspace, 'r')}`, '--platform=kind', '--istio-version=1.29.1'],
    ...['--set', 'a=b c', 'its', 'say "no" to \\x $HOME', '--e=', '', '$(id)', '*', '~', 'last'],
    ...['--', 'multi-primary', './my mesh.yaml', '--x'],
  ]);
});

t.test('a command that runs nothing is no pass, whatever an earlier one has left', async t => {
  const used = await useHere(
    t,
    { arguments: '--help', 'report-dir': 'mine' },
    {
      prepare: ({ workspace }) => {
        mkdirSync(path.join(workspace, 'mine'));
        writeFileSync(path.join(workspace, 'mine', 'report.json'), '{ "verdict": "passed" }');
      },
    },
  );
  t.same(used.outputs, { verdict: '', 'exit-code': '2', report: '' });
  t.same(used.exitCodes, [0, 2]);
  t.match(used.commands, [{ command: 'error', text: 'The arguments made mesh-harness run nothing.' }]);
});

t.test('a workflow that is cancelled ends the program, which still leaves its report', async t => {
  const onStart = (child: ChildProcess, { id }: ActionStep) => {
    if (id !== 'run') return;
    const interrupt = (text: string) => {
      if (!/Install Istio/.test(text)) return;
      child.stderr?.off('data', interrupt);
      child.kill('SIGINT');
    };
    child.stderr?.on('data', interrupt);
  };
  const used = await useHere(t, { scenarios: 'all' }, { onStart });
  t.same(used.exitCodes, [0, 130], used.log);
  t.match(used.outputs, { verdict: 'unknown', 'exit-code': '130', report: /mesh-harness-report-/ });
  t.match(used.summary, /never begun/);
});

t.test('without scenarios nothing is run, and later steps have the program', async t => {
  const used = await useHere(t, { scenarios: '', 'node-version': '24' });
  t.same(used.outputs, { verdict: '', 'exit-code': '', report: '' });
  t.match(used.used, [[/^actions\/setup-node@[0-9a-f]{40}$/, { 'node-version': '24' }]]);
  t.match(used.path, [/action-folder.action.bin$/]);
  t.ok(existsSync(path.join(used.path[0] ?? '', 'mesh-harness')));
});

/** Makes a folder that goes with the test. */
function folderOf(t: Test): string {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  return folder.path;
}

/** Puts a script into a folder. */
const script = (folder: string, name: string, ...lines: readonly string[]) =>
  writeFileSync(path.join(folder, name), ['#!/bin/bash', ...lines, ''].join('\n'), { mode: 0o755 });

const BUILD = `import fs from 'node:fs';
console.log('build', ...process.argv.slice(2));
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/mesh-harness.js', 'console.log("it runs"); process.exitCode = 1;');`;

t.test('a clone is built, once, whatever the workflow says of production', async t => {
  const bin = folderOf(t);
  script(bin, 'npm', 'echo "npm $*"', 'mkdir -p node_modules', 'touch node_modules/.package-lock.json');
  const used = await useHere(
    t,
    {},
    {
      program: 'none',
      env: { ...MACHINE, PATH: `${bin}:${MACHINE.PATH}`, NODE_ENV: 'production' },
      prepare: ({ action }) => writeFileSync(path.join(action, 'build.mjs'), BUILD),
    },
  );
  t.equal(used.outputs['verdict'], 'failed', 'as its program says');
  const built = 'build --unless-up-to-date\nit runs\n';
  t.equal(used.log, `npm ci --include=dev --ignore-scripts --no-audit --no-fund\n${built}`);
  t.equal((await used.again()).log, built);
});

t.test('a Node that is too old, or missing, is told with what to do', async t => {
  const bin = folderOf(t);
  for (const name of ['bash', 'dirname']) symlinkSync(path.join('/usr/bin', name), path.join(bin, name));
  const missing = await useHere(t, {}, { env: { PATH: bin } });
  script(bin, 'npm');
  script(bin, 'node', 'if [ "$1" = --version ]; then echo v18.20.4; else exit 1; fi');
  const old = await missing.again();
  t.same(
    [missing, old].map(({ exitCodes }) => exitCodes),
    [[2], [2]],
  );
  const advice = /The input node-version installs one/;
  t.match(missing.commands, [{ command: 'error', text: /no Node with npm on PATH/ }]);
  t.match(old.commands, [{ command: 'error', text: /Node v18\.20\.4 is on PATH/ }]);
  for (const { commands } of [missing, old]) t.match(commands[0]?.text, advice);
});
