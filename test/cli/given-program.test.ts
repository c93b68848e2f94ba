/** Programs that the command line names: what is said of a path that is none of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { givenProgram, type WantedProgram } from '../../harness/cli/given-program.ts';

const { signal } = new AbortController();
const WANTED: WantedProgram = {
  name: 'waypoint',
  flag: '--waypoint',
  versionArgv: ['version', '--short'],
  readVersion: stdout => /^waypoint (\S+)$/.exec(stdout.trim())?.[1],
  hint: 'Leave --waypoint out.',
};

const script = (text: string) => (file: string) =>
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o700 });

const ROWS: readonly (readonly [title: string, make: (file: string) => void, says: RegExp])[] = [
  ['nothing there', () => {}, /there is no file .*program\.$/],
  ['a folder', file => mkdirSync(file), /this is a folder/],
  [
    'a file without the right to be run',
    file => writeFileSync(file, 'text', { mode: 0o600 }),
    /no program, or lacks the right to be run \(chmod \+x\)/,
  ],
  [
    'a program that says nothing',
    script('exit 0'),
    /`program version --short` ends with 0, and says nothing\./,
  ],
  ['another program', script('echo "other $1"'), /ends with 0, and says “other version”\./],
  [
    'a program that warns before it names its error',
    script('echo "low memory" >&2; echo "Error: unknown flag: --short" >&2; exit 1'),
    /ends with 1, and says “Error: unknown flag: --short”\./,
  ],
  [
    'one whose interpreter is missing',
    file => writeFileSync(file, '#!/nowhere/sh\n', { mode: 0o700 }),
    /this is no waypoint that runs here \(.+\)\. `program version --short` ends with 127/,
  ],
];

for (const [title, make, says] of ROWS)
  t.test(`${title}: the message says so, and what to do`, async t => {
    const file = path.join(t.testdir(), 'program');
    make(file);
    await t.rejects(givenProgram(WANTED, file, signal), {
      code: 'ERR_USAGE',
      message: says,
      hint: 'Leave --waypoint out.',
    });
  });

t.test('an empty path, as of a variable that is not set, is wrong usage', async t => {
  await t.rejects(givenProgram(WANTED, '', signal), { code: 'ERR_USAGE', message: /an empty path/ });
});

t.test('a program that tells its version is taken, by its whole path', async t => {
  const file = path.join(t.testdir(), 'program');
  script('echo "waypoint 1.2.3"')(file);
  t.same(await givenProgram(WANTED, path.relative('.', file), signal), { path: file, version: '1.2.3' });
});
