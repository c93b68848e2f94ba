/** What `clean` cannot remove is told, is no end of the rest, and goes the next time. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { diskFaults } from '../../harness/base/disk/faults.ts';
import { runHere } from '../support/run-here.ts';

/** Of a process that has ended: ids of living ones are smaller. */
const ENDED = 2 ** 22 + 1;

t.test('a folder that stays is named, and the others go', async t => {
  const state = t.testdir();
  const folderOf = (run: string) => path.join(state, 'runs', `${run}.${ENDED}`);
  for (const run of ['one', 'two']) mkdirSync(folderOf(run), { recursive: true });
  const env = { MESH_HARNESS_STATE: state };
  {
    using _ = diskFaults.inject(({ operation, path: file }) =>
      operation === 'rm' && file === folderOf('one')
        ? Object.assign(new Error('busy'), { code: 'EIO', syscall: 'rm' })
        : undefined,
    );
    const ended = await runHere(['clean'], { env });
    t.equal(ended.code, 3);
    t.match(ended.stdout, /^removed run two/m);
    t.match(
      ended.stderr,
      `not removed: run one: ${folderOf('one')} cannot be removed: the disk does not work`,
    );
    t.same([existsSync(folderOf('one')), existsSync(folderOf('two'))], [true, false]);
  }
  t.match(await runHere(['clean'], { env }), { code: 0, stdout: /^removed run one/m });
  t.match(await runHere(['clean'], { env }), { code: 0, stdout: /nothing to remove/ });
});
