/** `mesh-harness certs --out DIR CLUSTER…` */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { existsSync } from '../../base/disk/disk.ts';
import { writeAllOrNone } from '../../base/disk/write-all.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { assertFolderWritable } from '../../base/writable-folder.ts';
import { createMeshCertificates } from '../../model/mesh-certificates.ts';
import { clusterName } from '../../model/names.ts';
import type { Environment } from '../environment.ts';
import type { CertsFlags } from './certs.flags.ts';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/;

/**
 * Makes the certificates of a mesh. Only their owner can read the files with keys (0600). Existing files are
 * never overwritten.
 */
export async function certsCommand(
  clusters: readonly string[],
  { out }: CertsFlags,
  { stdout }: Environment,
): Promise<number> {
  checkNames(clusters);
  const files = await createMeshCertificates(clusters.map(clusterName), systemClock.now());
  refuseOverwriting(out, files.keys());
  await assertCanBeMade(out);
  writeAllOrNone(
    [...files].map(([name, content]) => ({
      file: path.join(out, name),
      content,
      mode: name.includes('key') ? 0o600 : 0o644,
    })),
  );
  for (const name of files.keys()) stdout.write(`${path.join(out, name)}\n`);
  return EXIT.passed;
}

/** @throws HarnessError ERR_UNWRITABLE_FOLDER if no file can be made in the folder */
async function assertCanBeMade(out: string): Promise<void> {
  try {
    await assertFolderWritable(path.resolve(out));
  } catch (error) {
    throw new HarnessError(
      'ERR_UNWRITABLE_FOLDER',
      `No certificates can be written to ${out}: ${messageOf(error)}`,
      {
        hint: 'Choose a folder that can be written to with --out.',
        cause: error,
      },
    );
  }
}

/** @throws HarnessError ERR_USAGE for what is no cluster's name, or is there twice */
function checkNames(clusters: readonly string[]): void {
  const wrong = clusters.filter(name => !NAME.test(name));
  if (wrong.length > 0) {
    throw new HarnessError('ERR_USAGE', `Not a cluster's name: ${wrong.join(', ')}`, {
      hint: 'Letters, digits and dashes: cluster1.',
    });
  }
  const repeated = clusters.filter((name, index) => clusters.indexOf(name) !== index);
  if (repeated.length > 0)
    throw new HarnessError('ERR_USAGE', `Named twice: ${[...new Set(repeated)].join(', ')}`);
}

/** @throws HarnessError ERR_UNWRITABLE_FOLDER if a file is there already */
function refuseOverwriting(folder: string, names: Iterable<string>): void {
  for (const name of names) {
    if (existsSync(path.join(folder, name))) {
      throw new HarnessError('ERR_UNWRITABLE_FOLDER', `${path.join(folder, name)} exists already.`, {
        hint: 'A new root would not go with the certificates that are there. Choose another folder with --out, or remove that one first.',
      });
    }
  }
}
