/**
 * Commands of the simulator that are killed at any moment, two at once: `clean` and `down` leave nothing, and
 * touch nothing of others. A few moments by day, fifty by `npm run tables`.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { sleep, systemClock } from '../../harness/base/clock.ts';
import { createRandom } from '../../harness/base/random.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { rounds } from '../support/nightly.ts';

/** Each with the longest time after which it is killed, in milliseconds. */
const COMMANDS: readonly (readonly [argv: readonly string[], withinMs: number])[] = [
  [['run', 'multi-primary', '--quiet'], 1600],
  [['up', 'multi-primary', '--bare'], 600],
  [['up', 'multi-primary', '--bare', '--detach'], 900],
  [['down'], 300],
  [['clean'], 300],
];

const MOMENTS = rounds(50, { daily: 3 });

t.test(`${MOMENTS} moments: nothing is left, and what others have stays`, { timeout: 600_000 }, async t => {
  using own = temporaryFolder();
  const inside = (name: string) => path.join(own.path, name);
  for (const name of ['tmp', 'state', 'work']) mkdirSync(inside(name));
  // A process that is alive, and a folder that only looks like ours.
  const foreign = [`mesh-harness-tools-${process.pid}-theirs`, 'mesh-harness-tools-mine', 'theirs'];
  for (const name of foreign) writeFileSync(inside(path.join('tmp', name)), '');
  const env = { TMPDIR: inside('tmp'), XDG_STATE_HOME: inside('state') };
  const cli = (...argv: string[]) => runCli(argv, inside('work'), env);
  const random = createRandom('killed');
  for (let moment = 0; moment < MOMENTS; moment++) {
    await Promise.all(
      [0, 1].map(async which => {
        const [argv, withinMs] = COMMANDS[(moment + which * 2) % COMMANDS.length] ?? [['clean'], 0];
        const { child, ended } = startCli(argv, { cwd: inside('work'), env });
        await sleep(systemClock, random.next() * withinMs);
        child.kill('SIGKILL');
        await ended;
      }),
    );
    t.equal((await cli('down')).code, 0, `${moment}: down`);
    t.equal((await cli('clean')).code, 0, `${moment}: clean`);
    t.match(
      await cli('clean'),
      { code: 0, stdout: 'There is nothing to remove.\n' },
      `${moment}: once is enough`,
    );
    t.match(await cli('status'), { code: 1, stdout: /^No world is up/ });
    t.same(readdirSync(inside('tmp')).sort(), [...foreign].sort(), `${moment}: temporary files`);
    t.same(
      readdirSync(inside('state'), { recursive: true }).filter(name => !/^mesh-harness$/.test(String(name))),
      [],
      `${moment}: state`,
    );
  }
});
