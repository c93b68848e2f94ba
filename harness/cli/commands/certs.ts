/** `mesh-harness certs --out DIR CLUSTER…` */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { existsSync } from '../../base/disk/disk.ts';
import { namesIn } from '../../base/disk/folders.ts';
import { writeAllOrNone } from '../../base/disk/write-all.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { quoteArgv, quoteWord } from '../../base/quote.ts';
import { assertFolderWritable } from '../../base/writable-folder.ts';
import { createMeshCertificates, ROOT_KEY } from '../../model/mesh-certificates.ts';
import { clusterName } from '../../model/names.ts';
import { contextVariable } from '../../plan/mesh.ts';
import type { Environment } from '../environment.ts';
import { keptRootIn } from '../kept-root.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { CertsFlags } from './certs.flags.ts';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/;
/** What the secret of a cluster is made of, in the guide's order. */
const OF_SECRET = ['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem'];

/**
 * Makes the certificates of a mesh, or of more clusters below a root whose key was kept. Only their owner can
 * read the files with keys (0600). Existing files are never overwritten.
 */
export async function certsCommand(
  clusters: readonly string[],
  { out, keepRootKey }: CertsFlags,
  environment: Environment,
): Promise<number> {
  checkNames(clusters);
  refuseOverwriting(
    out,
    clusters.flatMap(cluster => OF_SECRET.map(file => path.join(cluster, file))),
  );
  const nowMs = systemClock.now();
  const root = keptRootIn(out, nowMs, anew(out, clusters));
  const files = await createMeshCertificates(clusters.map(clusterName), nowMs, {
    root,
    keepsRootKey: keepRootKey,
  });
  await assertCanBeMade(out);
  writeAllOrNone(
    [...files].map(([name, content]) => ({
      file: path.join(out, name),
      content,
      mode: name.includes('key') ? 0o600 : 0o644,
    })),
  );
  for (const name of files.keys()) environment.stdout.write(`${path.join(out, name)}\n`);
  tellWhatIsNext(clusters, out, root !== undefined || keepRootKey, createScreen(environment));
  return EXIT.passed;
}

/** Writes the command line that makes a mesh of the clusters in a folder, and of others, in another one. */
function anew(out: string, clusters: readonly string[]): string {
  const there = namesIn(out).filter(name => existsSync(path.join(out, name, 'ca-cert.pem')));
  const all = [...there, ...clusters];
  return quoteArgv(['mesh-harness', 'certs', '--out', `${out}-new`, '--keep-root-key', ...all]);
}

/** Tells what becomes of the files: commands to paste, with the guide's variables for contexts. */
function tellWhatIsNext(clusters: readonly string[], out: string, hasRootKey: boolean, screen: Screen): void {
  screen.progress('\nBefore Istio is installed in a cluster, its files go into a secret there:');
  for (const cluster of clusters) {
    const kubectl = `  kubectl --context="\${${contextVariable(clusterName(cluster))}}" create`;
    const files = OF_SECRET.map(file => `--from-file=${quoteWord(path.join(out, cluster, file))}`);
    screen.progress(`${kubectl} namespace istio-system`, 'whole');
    screen.progress(
      [`${kubectl} secret generic cacerts -n istio-system`, ...files].join(' \\\n    '),
      'whole',
    );
  }
  screen.progress(
    hasRootKey
      ? `Whoever has ${path.join(out, ROOT_KEY)} can join the mesh: ` +
          'it is needed for new clusters only, and goes into none.'
      : 'The key of the root is not kept: with --keep-root-key a cluster can be added later.',
  );
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
        hint:
          'What is there is kept: a cluster that has its secret would lose its mesh. Choose another folder with ' +
          '--out, or remove that one first.',
      });
    }
  }
}
