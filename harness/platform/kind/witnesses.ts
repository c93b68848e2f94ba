/**
 * Lets pods and API servers answer for themselves in the proof of isolation. In the network namespace of a
 * pod of each cluster a server writes back a token of this proof's own; beside every curl that asks lie the
 * clusters' certificate authorities. All of it goes when the proof has ended.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Engine, ExecResult } from './engine/engine.ts';
import { questionArgv, readAnswer } from './isolation-answer.ts';
import { type KindNode, onNode } from './nodes.ts';

/** Where container runtimes put the network namespaces of pods. */
const NAMESPACES = '/var/run/netns';
/** kubeadm writes the cluster's authority here (cmd/kubeadm/app/constants/constants.go @v1.21, @v1.34). */
const CA_FILE = '/etc/kubernetes/pki/ca.crt';
/** No pod that is there before a run listens here: the name server has 53, 8080, 8181 and 9153. */
const PORT = 18181;
/** Seconds: a server that nobody ends, as its harness was killed, ends by itself. */
const LIFETIME_SECONDS = 300;
const START_MS = 30_000;
const END_MS = 10_000;
const POLL_MS = 100;

/** A pod that answers with its token. */
export interface Witness {
  /** The node that the pod is on. */
  readonly container: string;
  /** The name of the pod's network namespace on that node. */
  readonly namespace: string;
  readonly url: string;
  readonly token: string;
}

export interface Witnesses {
  readonly pods: ReadonlyMap<ClusterName, Witness>;
  /** Returns the path, on every node that asks, of the file with a cluster's certificate authority. */
  readonly caFile: (cluster: ClusterName) => string;
}

interface WitnessOptions {
  readonly engine: Engine;
  readonly nodes: readonly KindNode[];
  /** An address of a pod of each cluster. */
  readonly pods: ReadonlyMap<ClusterName, string>;
  /** Ends the servers and removes the files. */
  readonly cleanUp: CleanupStack;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Returns what goes before a command that is to run in the network of a pod. */
export const inPod = ({ namespace }: Pick<Witness, 'namespace'>): readonly string[] => [
  'nsenter',
  `--net=${NAMESPACES}/${namespace}`,
];

/**
 * Starts the servers, all side by side; they answer when the promise resolves.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if a server does not answer in its own pod; Error if a pod is
 *   on no node of its cluster
 */
export async function startWitnesses(options: WitnessOptions): Promise<Witnesses> {
  const { engine, nodes, pods } = options;
  const folder = `/run/mesh-harness-proof-${randomBytes(4).toString('hex')}`;
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  const found = new Map(
    await Promise.all(
      heads.map(async ({ cluster }) => [cluster, await locate(engine, cluster, nodes, pods)] as const),
    ),
  );
  const authorities = await Promise.all(
    heads.map(
      async head => [`${head.cluster}.crt`, await onNode(engine, head.container, ['cat', CA_FILE])] as const,
    ),
  );
  const asking = new Set([...heads, ...found.values()].map(({ container }) => container));
  await Promise.all([...asking].map(container => putFiles(options, container, folder, authorities)));
  await Promise.all([...found.values()].map(witness => serve(options, witness, folder)));
  return { pods: found, caFile: cluster => `${folder}/${cluster}.crt` };
}

/** Finds the network namespace that has the address of a cluster's pod, and gives the pod a token. */
async function locate(
  engine: Engine,
  cluster: ClusterName,
  nodes: readonly KindNode[],
  pods: ReadonlyMap<ClusterName, string>,
): Promise<Witness> {
  const address = pods.get(cluster) ?? '';
  for (const { container } of nodes.filter(node => node.cluster === cluster)) {
    const { exitCode, output } = await engine.exec(container, ['ls', NAMESPACES]);
    for (const namespace of exitCode === 0 ? output.split(/\s+/).filter(name => name !== '') : []) {
      const show = [...inPod({ namespace }), 'ip', '-o', '-4', 'address', 'show'];
      const listing = await engine.exec(container, show);
      if (!listing.output.includes(` ${address}/`)) continue;
      const token = randomBytes(16).toString('hex');
      return { container, namespace, token, url: `http://${address}:${PORT}/mesh-harness/token` };
    }
  }
  throw new Error(`No node of ${cluster} has a pod with the address ${address} in ${NAMESPACES}.`);
}

/** Writes the files into a folder that goes with `cleanUp`. */
async function putFiles(
  { engine, cleanUp }: WitnessOptions,
  container: string,
  folder: string,
  files: readonly (readonly [name: string, text: string])[],
): Promise<void> {
  cleanUp.add(`remove ${folder} from ${container}`, async () => {
    await onNode(engine, container, ['rm', '-rf', folder]);
  });
  const script = 'mkdir -p "$0/www"; while [ $# -gt 1 ]; do printf "%s" "$2" > "$0/$1"; shift 2; done';
  await onNode(engine, container, ['sh', '-c', script, folder, ...files.flat()]);
}

/**
 * Returns the command that serves a folder of files at `/mesh-harness/`: the node's own kubectl does it. Its
 * API server is a port at which nobody listens, it has no credentials and refuses to pass anything on, so it
 * shows these files and nothing else (tried with kubectl 1.21.14, 1.27, 1.32, 1.33 and 1.34.0).
 * @param address - of the pod, in whose network the command runs
 */
export const fileServerArgv = (address: string, port: number, folder: string): readonly string[] => [
  ...['kubectl', 'proxy', '--kubeconfig=/dev/null', '--server=http://127.0.0.1:9', '--reject-paths=.*'],
  ...[`--address=${address}`, `--port=${port}`, `--www=${folder}`, '--www-prefix=/mesh-harness/'],
];

/** Serves a pod's token in its network, until the clean-up. */
async function serve(options: WitnessOptions, witness: Witness, folder: string): Promise<void> {
  const { engine, cleanUp, clock, signal } = options;
  const { container, token, url } = witness;
  const script = 'printf "%s\\n" "$1" > "$0/www/token"; echo $$ > "$0/pid"; shift; exec "$@"';
  const server = fileServerArgv(new URL(url).hostname, PORT, `${folder}/www`);
  const inside = [...inPod(witness), 'timeout', String(LIFETIME_SECONDS), ...server];
  let ended: string | undefined;
  cleanUp.add(`end the server in ${container}`, async () => {
    await engine.exec(container, ['sh', '-c', 'kill "$(cat "$0/pid")"', folder]);
    const gone = () => ended !== undefined;
    const how = { timeoutMs: END_MS, intervalMs: POLL_MS, clock };
    await waitUntil(`the server in ${container} to end`, gone, isGone => isGone, how);
  });
  engine.exec(container, ['sh', '-c', script, folder, token, ...inside]).then(
    ({ exitCode, output }) => {
      ended = `exit code ${exitCode}: ${output.trim()}`;
    },
    (error: unknown) => {
      ended = messageOf(error);
    },
  );
  const identity = { kind: 'token', token } as const;
  const ask = async () => {
    if (ended !== undefined) throw cannotServe(container, ended);
    const argv = [...inPod(witness), ...questionArgv({ url, identity }, 1)];
    const { exitCode, output }: ExecResult = await engine.exec(container, argv);
    return readAnswer(exitCode, output, identity).found;
  };
  const seen = await waitUntil(
    `a pod on ${container} to answer itself`,
    () => ask().catch((error: unknown) => (error instanceof HarnessError ? error : Promise.reject(error))),
    answer => answer === 'reached' || answer instanceof HarnessError,
    { timeoutMs: START_MS, intervalMs: POLL_MS, clock, ...(signal && { signal }) },
  );
  if (seen instanceof HarnessError) throw seen;
}

const cannotServe = (container: string, ended: string): HarnessError =>
  new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `The proof of isolation cannot serve its token in a pod on ${container}: ${ended}`,
    { hint: 'It needs kubectl and timeout in the nodes, as the images of kind have them.' },
  );
