/** The table of flags: it knows them all, and each of its rows holds on each platform. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { FLAG_TABLE, type FlagRow, flagsOf } from '../../harness/cli/flag-table.ts';
import { createProgram } from '../../harness/cli/program.ts';
import { PLATFORM_NAMES } from '../../harness/session/effects.ts';
import { ROOT, temporaryFolder } from '../support/cli.ts';
import { flagTableMarkdown } from '../support/flag-table-markdown.ts';
import { runHere } from '../support/run-here.ts';

const COMMANDS = Object.keys(FLAG_TABLE);
const { commands } = createProgram(async () => {});
const optionsOf = (name: string) =>
  commands.find(each => each.name() === name)?.options.filter(({ hidden }) => !hidden) ?? [];

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const at = (name: string) => path.join(folder.path, name);
mkdirSync(at('nothing'));
mkdirSync(at('all'));
for (const name of ['docker', 'kind', 'kubectl', 'istioctl']) {
  writeFileSync(at(`all/${name}`), '#!/bin/sh\nexit 1\n');
  chmodSync(at(`all/${name}`), 0o755);
}
const quiet = { PATH: at('nothing'), HOME: folder.path, MESH_HARNESS_STATE: at('state') };

/** A value that the flag's own reader takes; for what has choices, the default. */
const VALUES: Readonly<Record<string, string>> = {
  '--mirror': 'https://mirror.test',
  '--istio-version': '1.30.3',
  '--var': 'NAME=value',
  '--tools': 'embedded',
  '--output': 'text',
  '--jobs': '1',
  '--seed': '1',
  '--keep-reports': '3',
  '--kubernetes-version': '1.34',
};

/** Writes a flag as it stands on a command line, whatever it takes. */
function wordsOf(command: string, flag: string): readonly string[] {
  const option = optionsOf(command).find(({ long }) => long === flag);
  return option?.required ? [flag, VALUES[flag] ?? 'x'] : [flag];
}

/** The command line that is looked at: what it names is not there, so that nothing is started. */
const named = (command: string) => (command === 'doctor' ? [command] : [command, 'no-such-mesh']);

const REFUSED = /^mesh-harness: --[a-z-]+ (is for|has no effect)/;

async function isRefused(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stderr } = await runHere(argv, { env: { ...quiet, ...env } });
  if (!REFUSED.test(stderr)) return undefined;
  t.equal(code, 2, argv.join(' '));
  return stderr;
}

/** The flags that a row needs beside its own. */
const besideOf = (command: string, { beside: [other] = [] }: FlagRow) =>
  other === undefined ? [] : wordsOf(command, other);

t.test('every flag of the commands that work on clusters is in it, and no other', async t => {
  for (const command of COMMANDS) {
    const { sometimes = [], always = [] } = flagsOf(command) ?? {};
    t.same(
      [...sometimes.map(({ flag }) => flag), ...always].toSorted(),
      optionsOf(command)
        .map(({ long }) => long)
        .toSorted(),
      command,
    );
  }
  const choosing = commands.filter(({ options }) => options.some(({ long }) => long === '--platform'));
  t.same(
    choosing.map(each => each.name()),
    COMMANDS.filter(name => flagsOf(name)?.platform !== undefined),
    'and whatever chooses a platform',
  );
});

for (const command of COMMANDS)
  for (const row of flagsOf(command)?.sometimes ?? [])
    t.test(`${command} ${row.flag}`, async t => {
      const { flag, on = PLATFORM_NAMES, beside, notBeside = [] } = row;
      const line = [...named(command), ...wordsOf(command, flag)];
      const whole = [...line, ...besideOf(command, row)];
      if (flagsOf(command)?.platform !== undefined) {
        for (const platform of PLATFORM_NAMES) {
          const isFor = on.some(each => each === platform);
          for (const [how, refused] of [
            ['--platform', await isRefused([...whole, '--platform', platform])],
            ['MESH_HARNESS_PLATFORM', await isRefused(whole, { MESH_HARNESS_PLATFORM: platform })],
          ] as const) {
            t.equal(refused === undefined, isFor, `${platform}, by ${how}`);
            if (!isFor)
              t.match(
                refused,
                `${flag} is for --platform ${on.join(' or ')}.\n  The platform is ${platform}`,
              );
          }
        }
        for (const [programs, chosen] of [
          ['nothing', 'simulator'],
          ['all', 'kind'],
        ] as const) {
          if (command === 'doctor' && chosen === 'kind') continue; // it would ask these programs
          const refused = await isRefused([...whole, '--platform', 'auto'], { PATH: at(programs) });
          t.equal(
            refused === undefined,
            on.some(each => each === chosen),
            `auto, which takes ${chosen}`,
          );
          if (refused !== undefined) t.match(refused, `The platform is ${chosen} (auto: `);
        }
      }
      const platform = row.on ? ['--platform', row.on[0] ?? ''] : [];
      if (beside) t.match(await isRefused([...line, ...platform]), `${flag} is for ${beside.join(' or ')}.`);
      for (const other of notBeside)
        t.match(
          await isRefused([...whole, ...platform, ...wordsOf(command, other)]),
          `${flag} has no effect beside ${other}.`,
        );
    });

t.test('what people have met', async t => {
  for (const [argv, says] of [
    [
      ['--context', 'cluster1=prod-a', '--context', 'cluster2=prod-b', '-q'],
      '--context is for --platform existing.',
    ],
    [['--load-balancer', 'foo'], '--load-balancer is for --platform kind.'],
    [['--keep'], '--keep is for --platform kind or existing.'],
    [['--hub', 'x'], '--hub is for --platform kind or existing.'],
    [['--set', 'a=b'], '--set is for --platform kind or existing.'],
    [['--image-archive', '/nope'], '--image-archive is for --platform kind.'],
  ] as const) {
    const { code, stdout, stderr } = await runHere(['run', 'multi-primary', ...argv], { env: quiet });
    t.match({ code, stdout }, { code: 2, stdout: '' }, argv[0]);
    t.match(stderr, new RegExp(`^mesh-harness: ${says}\n  The platform is simulator, since none is named: `));
  }
});

t.test('docs/platforms.md has the table (UPDATE_GOLDEN=1 writes it anew)', async t => {
  const file = path.join(ROOT, 'docs/platforms.md');
  const page = readFileSync(file, 'utf8');
  const now = page.replace(/\| command \| flag [\s\S]*?\n(?=\n)/, flagTableMarkdown);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, now);
  else t.equal(page, now);
});
