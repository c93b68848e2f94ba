/** What ended processes have left, of which some is another user's. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { diskFaults } from '../../harness/base/disk/faults.ts';
import { desertedFolders, makeOwnFolder, sweepFolders } from '../../harness/process/temporary-folders.ts';

const PREFIX = 'of-a-test-';
/** Of processes that have ended: ids of living ones are smaller. */
const [ENDED, ENDED_TOO] = [2 ** 22 + 1, 2 ** 22 + 2];

t.test('what cannot be removed keeps nobody from the rest', async t => {
  const parent = t.testdir();
  const folderOf = (pid: number) => path.join(parent, `${PREFIX}${pid}-x`);
  for (const pid of [ENDED, ENDED_TOO]) mkdirSync(folderOf(pid));
  const own = makeOwnFolder(PREFIX, parent);
  t.same(desertedFolders(PREFIX, parent), [folderOf(ENDED), folderOf(ENDED_TOO)]);
  {
    using _ = diskFaults.inject(({ path: file }) =>
      file === folderOf(ENDED) ? Object.assign(new Error('theirs'), { code: 'EACCES' }) : undefined,
    );
    t.same(sweepFolders(PREFIX, parent), [folderOf(ENDED_TOO)]);
  }
  t.same(sweepFolders(PREFIX, parent), [folderOf(ENDED)]);
  t.same(readdirSync(parent), [path.basename(own)]);
  t.same(sweepFolders(PREFIX, path.join(parent, 'none')), []);
});
