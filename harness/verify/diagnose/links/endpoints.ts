/** The endpoints that each client's proxy was told: of every cluster that is to answer. */
import type { ClusterName } from '../../../model/names.ts';
import { pickClientPod } from '../../calling.ts';
import type { Diagnosis } from '../../check.ts';
import type { Symptom } from '../../traffic.ts';
import { diagnose } from '../catalog.ts';
import type { CallFacts, KnownEndpoint } from '../facts.ts';
import { describeEndpoint } from '../known-endpoints.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

/** Has the patterns that explain failed calls explain what the link shows. */
function explain(
  chain: Chain,
  { facts }: Reached,
  symptom: Symptom,
  missing: readonly ClusterName[],
  endpoints?: readonly KnownEndpoint[],
): Diagnosis | undefined {
  const call: CallFacts = {
    topology: chain.topology,
    clusters: chain.clusters,
    roots: chain.roots,
    from: facts,
    clientPod: pickClientPod(facts.pods, chain.client),
    endpoints,
    symptom,
    missing,
  };
  return diagnose(call, chain.steps);
}

function brokenBy(seen: string, cause: Diagnosis | undefined): Finding {
  return cause ? { ...broken(seen, [cause.steps]), cause } : broken(seen, []);
}

/** Finds the endpoints by which a client calls another cluster: its pods, or a gateway of its network. */
function of(chain: Chain, name: ClusterName, endpoints: readonly KnownEndpoint[]): readonly KnownEndpoint[] {
  const network = chain.clusters.get(name)?.spec.network;
  return endpoints.filter(({ owner }) => {
    if (!owner) return false;
    return (
      owner.cluster === name ||
      (owner.kind === 'gateway' && chain.clusters.get(owner.cluster)?.spec.network === network)
    );
  });
}

/** Tells what is wrong with the endpoints of one cluster: none, out of reach, or refusing. */
function symptomOf(chain: Chain, from: Reached, name: ClusterName, known: readonly KnownEndpoint[]): Symptom {
  if (known.length === 0) return name === from.name ? 'REMOTE-ONLY' : 'R';
  const network = chain.clusters.get(name)?.spec.network;
  if (network !== from.facts.spec.network && known.some(({ owner }) => owner?.kind === 'pod')) return 'B';
  const failing = known.every(
    ({ failedConnections, requests, failedRequests }) => failedConnections > 0 && requests <= failedRequests,
  );
  return failing ? 'X' : 'BOTH';
}

const WORDS: Partial<Record<Symptom, string>> = {
  R: 'has no endpoint of',
  'REMOTE-ONLY': 'has no endpoint of its own cluster,',
  B: 'has addresses that it cannot reach of',
  X: 'gets no connection to',
};

function judge(chain: Chain, cluster: Reached): readonly Finding[] | Finding {
  const { name, facts } = cluster;
  const pod = pickClientPod(facts.pods, chain.client);
  if (!pod) return brokenBy(`there is no client in ${name}`, explain(chain, cluster, 'NOPOD', []));
  const silent = [...chain.clusters.keys()].filter(other => other !== name);
  if (!pod.hasSidecar) {
    return brokenBy(`the client in ${name} has no sidecar`, explain(chain, cluster, 'LOC-plain', silent));
  }
  if (pod.status === 'Running' && !pod.isReady) {
    return brokenBy(
      `the sidecar of the client in ${name} is not ready`,
      explain(chain, cluster, 'CFG', silent),
    );
  }
  const asked = chain.probes.endpoints.get(name);
  if (!asked) return notAsked(`the client in ${name} has no proxy that could be asked`);
  if ('trouble' in asked) return notAsked(`the proxy of the client in ${name}: ${asked.trouble}`);
  const findings = chain.topology.clusters
    .filter(({ helloWorld }) => helloWorld.length > 0)
    .flatMap(other => {
      const known = of(chain, other.name, asked.answer);
      const symptom = symptomOf(chain, cluster, other.name, known);
      if (symptom === 'BOTH' || !chain.clusters.has(other.name)) return [];
      const seen = `the client in ${name} ${WORDS[symptom] ?? ''} ${other.name}`;
      return [brokenBy(seen, explain(chain, cluster, symptom, [other.name], known))];
    });
  return findings.length > 0 ? findings : ok(`${name}: ${asked.answer.map(describeEndpoint).join(' | ')}`);
}

/** The endpoints of HelloWorld, as each client's proxy was told. */
export const endpoints: Link = {
  id: 'endpoints',
  asks: 'Has each client’s proxy endpoints of HelloWorld in every cluster, which it can reach?',
  look: chain => {
    const specs = chain.topology.clusters.filter(({ client }) => client);
    return specs.length === 0
      ? [notAsked('there is no client whose proxy could be asked')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
