/**
 * Records on disk what a run makes outside of this process, before it makes each thing, so that a killed run
 * can be cleaned up.
 */
import { join } from 'node:path';
import {
  closeSync,
  fsyncSync,
  makeFolderSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from '../base/disk/disk.ts';
import { namesIn } from '../base/disk/folders.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../base/disk/modes.ts';
import { HarnessError } from '../base/errors.ts';
import * as z from '../base/zod.ts';
import { identityOf, isAlive, processIdentity } from '../process/liveness.ts';

const existingEntry = z.object({
  cluster: z.string(),
  /** A file beside the ledger. */
  kubeconfig: z.string(),
  /** Of namespace kube-system. */
  uid: z.string(),
  /** Kind → names. */
  before: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
  /** The API server keeps the creator of a namespace, which identifies those of this run. */
  isMarked: z.boolean(),
});
/** A cluster of the user's, and what of a mesh was there before. */
export type ExistingEntry = Readonly<z.infer<typeof existingEntry>>;

const deployedEntry = z.object({
  cluster: z.string(),
  /** A file beside the ledger. */
  kubeconfig: z.string(),
  before: z
    .object({
      /** Of namespace kube-system. */
      uid: z.string(),
      hadNamespace: z.boolean(),
      /** The namespace's labels. */
      labels: z.record(z.string(), z.string()).readonly(),
      /** `deployments/helloworld-v1` */
      objects: z.array(z.string()).readonly(),
    })
    .readonly(),
});
/** A cluster, and how it was before workloads were put into it. */
export type DeployedEntry = Readonly<z.infer<typeof deployedEntry>>;

const ledgerEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    id: z.string(),
    owner: processIdentity.readonly(),
    platform: z.string(),
  }),
  z.object({ type: z.literal('network'), name: z.string() }),
  z.object({ type: z.literal('cluster'), name: z.string() }),
  /** A cluster of the user's, and what of a mesh was there before. */
  existingEntry.extend({ type: z.literal('existing') }),
  /** A cluster of a mesh that is only verified, into which workloads are put for the time. */
  deployedEntry.extend({ type: z.literal('deployed') }),
  /** The run ended and was asked to leave everything behind. */
  z.object({ type: z.literal('kept') }),
]);
/** A line of a ledger. */
export type LedgerEntry = Readonly<z.infer<typeof ledgerEntry>>;

const FILE = 'ledger.jsonl';
const RUNS = 'runs';

/** Returns the path of a ledger in the folder of its run. */
export const ledgerFile = (folder: string): string => join(folder, FILE);

/** The ledger of a run that goes on. All files of the run lie beside it. */
export class Ledger {
  readonly folder: string;
  readonly #file: number;

  private constructor(folder: string, file: number) {
    this.folder = folder;
    this.#file = file;
  }

  /**
   * Opens a new ledger.
   * @param state - the folder of all runs' state
   * @param runId - of lower-case letters and digits
   */
  static open(state: string, runId: string, platform: string): Ledger {
    // The process id is in the name too: between this line and the first entry there is a moment in which we
    // may be killed.
    const folder = join(state, RUNS, `${runId}.${process.pid}`);
    makeFolderSync(folder, OWNER_ONLY_FOLDER);
    try {
      const ledger = new Ledger(folder, openSync(ledgerFile(folder), 'a', OWNER_ONLY));
      ledger.write({ type: 'run', id: runId, owner: identityOf(process.pid), platform });
      return ledger;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Adds an entry, which is on disk when it returns. */
  write(entry: LedgerEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  /**
   * Ends the ledger: it goes, unless something could not be removed.
   * @param failures - what could not be removed, a sentence each
   * @throws HarnessError ERR_KUBERNETES_API with all of them; the ledger stays for `clean` then
   */
  end(failures: readonly string[]): void {
    if (failures.length === 0) {
      this.remove();
      return;
    }
    this.close();
    throw new HarnessError('ERR_KUBERNETES_API', `Not everything was removed: ${failures.join('; ')}`, {
      hint: 'mesh-harness clean tries again.',
    });
  }

  /** Removes the ledger, at the very end: all its entries are gone. */
  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the ledger of one run says. */
export interface LedgerRecord {
  readonly runId: string;
  readonly folder: string;
  readonly platform: string;
  readonly isRunning: boolean;
  readonly isKept: boolean;
  readonly networks: readonly string[];
  readonly clusters: readonly string[];
  readonly existing: readonly ExistingEntry[];
  readonly deployed: readonly DeployedEntry[];
  /** Lines, from 1, that this version cannot read: something may be left that is not known. */
  readonly unread: readonly number[];
}

/** Lists every run that has a ledger, also those that go on. */
export function readLedgers(state: string): readonly LedgerRecord[] {
  const folder = join(state, RUNS);
  return [...namesIn(folder)].sort().flatMap(name => {
    const match = /^([a-z0-9]+)\.(\d+)$/.exec(name);
    return match?.[1] && match[2] ? [recordOf(join(folder, name), match[1], Number(match[2]))] : [];
  });
}

function recordOf(folder: string, runId: string, pid: number): LedgerRecord {
  const { entries, unread } = entriesOf(ledgerFile(folder));
  const run = entries.find(entry => entry.type === 'run');
  return {
    runId,
    folder,
    platform: run?.platform ?? 'kind',
    isRunning: isAlive(run?.owner ?? { pid }),
    isKept: entries.some(({ type }) => type === 'kept'),
    networks: entries.flatMap(entry => (entry.type === 'network' ? [entry.name] : [])),
    clusters: entries.flatMap(entry => (entry.type === 'cluster' ? [entry.name] : [])),
    existing: entries.flatMap(entry => (entry.type === 'existing' ? [entry] : [])),
    deployed: entries.flatMap(entry => (entry.type === 'deployed' ? [entry] : [])),
    unread,
  };
}

function entriesOf(
  file: string,
): Pick<LedgerRecord, 'unread'> & { readonly entries: readonly LedgerEntry[] } {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { entries: [], unread: [] }; // killed before the first entry: nothing was made
  }
  const entries: LedgerEntry[] = [];
  const unread: number[] = [];
  const lines = text.split('\n');
  // What follows the last line end was cut off: its thing was not made yet.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const entry = entryOf(line);
    if (entry) entries.push(entry);
    else unread.push(index + 1);
  }
  return { entries, unread };
}

function entryOf(line: string): LedgerEntry | undefined {
  try {
    return ledgerEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
