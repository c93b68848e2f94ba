/**
 * The proof, before Istio is installed, that a user's clusters reach each other where a mesh needs it: a pod
 * of each cluster asks the others.
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../base/errors.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { Finding } from '../platform.ts';
import { probeNamespaceOf } from './ownership.ts';
import { type ProbeAnswer, type ProbeIdentity, probeArgv, readProbeAnswer } from './probe-answer.ts';
import { DEADLINES, POLL_MS, type ProbedCluster, type ProbeOptions } from './probe-options.ts';
import { createPods, findListener, type Listener, PORT } from './probe-pods.ts';

const SECONDS = 3;

/**
 * Asks from a pod of each cluster whether it reaches the others. The namespaces stay behind: they carry the
 * run's mark, keep other runs away, and go with all else that the run makes.
 * @returns a finding for each thing that was asked; one that is not ok stops a run
 * @throws the signal's reason
 */
export async function probeReachability(options: ProbeOptions): Promise<readonly Finding[]> {
  const { topology, clusters, signal } = options;
  const findings: Finding[] = [];
  const listeners = new Map<ClusterName, Asked>();
  await Promise.all(
    clusters.map(async cluster => {
      try {
        const token = randomBytes(8).toString('hex');
        await createPods(cluster, token, options);
        listeners.set(cluster.name, { ...(await findListener(cluster, options)), token });
      } catch (error) {
        signal.throwIfAborted();
        findings.push({
          subject: cluster.name,
          ok: false,
          found: messageOf(error),
          fix: `kubectl get events -A in ${cluster.name} tells why; a mesh needs pods that start and load balancers with addresses.`,
        });
      }
    }),
  );
  if (findings.length > 0) return findings;
  const questions = topology.clusters.flatMap(from => questionsOf(from, topology, clusters, listeners));
  return await Promise.all(questions.map(question => ask(question, options)));
}

/** Where a cluster's server answers, and what it tells of itself. */
type Asked = Listener & { readonly token: string };

interface Question {
  readonly from: ClusterName;
  readonly what: string;
  readonly url: string;
  readonly identity: ProbeIdentity;
  readonly fix: string;
}

function questionsOf(
  from: ClusterSpec,
  topology: Topology,
  clusters: readonly ProbedCluster[],
  listeners: ReadonlyMap<ClusterName, Asked>,
): readonly Question[] {
  const { name } = from;
  const { pod: own, token = '' } = listeners.get(name) ?? {};
  return [
    // The control: if this fails, a failure from elsewhere says nothing about the way there.
    {
      from: name,
      what: 'its own pod',
      url: `http://${own}:${PORT}/hello`,
      identity: { kind: 'server', token },
      fix: 'Its pods do not reach each other.',
    },
    ...topology.clusters
      .filter(other => other !== from)
      .flatMap(other => {
        const server = clusters.find(cluster => cluster.name === other.name)?.server ?? '';
        return questionsAbout(other, from, { server, ...listeners.get(other.name) });
      }),
  ];
}

/** Where a cluster can be reached; `server` is the URL of its API server. */
type Doors = Partial<Asked> & { readonly server: string };

/**
 * Lists what a cluster asks of another: its API server, a load balancer where it has one, and a pod where
 * both share a network.
 */
function questionsAbout(
  other: ClusterSpec,
  from: ClusterSpec,
  { server, pod, balancer, token = '' }: Doors,
): readonly Question[] {
  const identity = { kind: 'server', token } as const;
  const questions: Omit<Question, 'from'>[] = [
    {
      what: `the API server of ${other.name}`,
      url: `${server}/version`,
      identity: { kind: 'api-server' },
      fix: `istiod in ${from.name} has to reach it; --api-server ${other.name}=https://… names another address.`,
    },
  ];
  if (balancer !== undefined)
    questions.push({
      what: `a load balancer of ${other.name}`,
      url: `http://${balancer}:${PORT}/hello`,
      identity,
      fix: `Traffic to ${other.name} goes through such an address: open the way to it.`,
    });
  if (from.network === other.network)
    questions.push({
      what: `a pod of ${other.name}`,
      url: `http://${pod}:${PORT}/hello`,
      identity,
      fix: `Both are on ${from.network}: join their pod networks, or use a scenario with a network for each.`,
    });
  return questions.map(question => ({ from: from.name, ...question }));
}

async function ask({ from, what, url, identity, fix }: Question, options: ProbeOptions): Promise<Finding> {
  const { clusters, runId, clock, signal, deadlines = DEADLINES } = options;
  const client = clusters.find(({ name }) => name === from)?.client;
  if (!client) throw new Error(`${from} has no connection.`);
  const argv = probeArgv(url, SECONDS);
  const timeoutMs = 2 * SECONDS * 1000;
  try {
    await waitUntil(
      `a pod of ${from} to reach ${what} at ${url}`,
      async () => {
        const how = { signal, clock, timeoutMs };
        const outcome = await client.exec(probeNamespaceOf(runId), 'client', 'client', argv, how);
        return readProbeAnswer(outcome, identity);
      },
      ({ found }) => found === 'reached',
      {
        timeoutMs: deadlines.reachMs,
        intervalMs: POLL_MS,
        clock,
        signal,
        describe: answer => (answer as ProbeAnswer).seen,
      },
    );
    return { subject: from, ok: true, found: `reaches ${what}` };
  } catch (error) {
    signal.throwIfAborted();
    return { subject: from, ok: false, found: messageOf(error), fix };
  }
}
