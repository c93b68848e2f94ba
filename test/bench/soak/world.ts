/** The world that is kept up: the bundled command line in the background, as users leave it running. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { runCli, temporaryFolder } from '../../support/cli.ts';
import { heapAfterCollection, openInspector } from './inspector.ts';

/** What a process holds, in bytes and in open handles. */
export interface Held {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly handles: number;
}

export interface SoakWorld extends AsyncDisposable {
  readonly kubeconfigFile: string;
  /** The contexts of the kubeconfig: the clusters. */
  readonly contexts: readonly string[];
  /** A client of a cluster; the caller closes it. */
  client(context: string): KubernetesClient;
  /** Collects garbage, and tells what is left. */
  held(): Promise<Held>;
}

const SCENARIO = 'multi-primary-multi-network';

/** Brings the clusters up with all steps of the guide done. @throws Error if they do not come up */
export async function soakWorld(): Promise<SoakWorld> {
  const own = temporaryFolder();
  const stateDir = path.join(own.path, 'state');
  const cli = (...argv: string[]) =>
    runCli([...argv, '--state-dir', stateDir], own.path, { NODE_OPTIONS: '--inspect-port=0' });
  const up = await cli('up', SCENARIO, '--detach');
  if (up.code !== 0) throw new Error(`up ends with ${up.code}:\n${up.stderr}`);
  const inside = (name: string) => path.join(stateDir, name);
  const { owner } = JSON.parse(readFileSync(inside('state.json'), 'utf8')) as { owner: { pid: number } };
  const kubeconfig = readFileSync(inside('kubeconfig'), 'utf8');
  const inspector = await openInspector(owner.pid, inside('log'));
  return {
    kubeconfigFile: inside('kubeconfig'),
    contexts: ['cluster1', 'cluster2'],
    client: context => new KubernetesClient(kubeconfig, { context }),
    held: async () => ({ heapBytes: await heapAfterCollection(inspector), ...heldByKernel(owner.pid) }),
    [Symbol.asyncDispose]: async () => {
      await cli('down');
      own[Symbol.dispose]();
    },
  };
}

/** What Linux tells of a process (proc(5)). */
function heldByKernel(pid: number): Omit<Held, 'heapBytes'> {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { rssBytes: Number(kilobytes) * 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
}
