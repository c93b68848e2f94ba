/** Finds the steps of a plan that a diagnosis points to, by what they are about. */
import type { Plan } from '../../plan/step.ts';

/**
 * The topics of steps. A pattern matches the step's id without the cluster's name in front; all editions use
 * the same ids.
 */
const TOPICS = {
  certificates: /^(make-certificates|create-cacerts)$/,
  'istio-namespace': /^create-namespace$/,
  'network-label': /^label-network$/,
  'control-plane-annotation': /^set-control-plane$/,
  install: /^install-istio$/,
  'gateway-install': /^install-gateway$/,
  'gateway-address': /^wait-for-gateway$/,
  'expose-istiod': /^expose-istiod$/,
  'discovery-address': /^save-address$/,
  'expose-services': /^expose-services$/,
  'sample-namespace': /^create-sample-namespace$/,
  injection: /^enable-injection$/,
  service: /^create-helloworld-service$/,
  workload: /^deploy-helloworld-/,
  client: /^deploy-(?!helloworld-)/,
} as const satisfies Record<string, RegExp>;

export type Topic = keyof typeof TOPICS;

/** Finds ids of a plan's steps by topic and cluster, or by the remote secret that they create. */
export class StepIndex {
  readonly #ids: readonly string[];
  /** What a guide has no step for comes first: nothing can have made it. */
  constructor({ steps, lacks = [] }: Pick<Plan, 'steps' | 'lacks'>) {
    this.#ids = [...lacks, ...steps.map(({ id }) => id)];
  }

  /** Finds the steps about a topic that act on a cluster, or on any cluster. */
  about(topic: Topic, cluster?: string): string[] {
    return this.#ids.filter(id => {
      const slash = id.indexOf('/');
      const owner = slash < 0 ? undefined : id.slice(0, slash);
      const rest = slash < 0 ? id : id.slice(slash + 1);
      return TOPICS[topic].test(rest) && (cluster === undefined || owner === undefined || owner === cluster);
    });
  }

  /** Finds the steps that give the istiod of `into` access to the API server of `of`. */
  remoteSecret(of: string, into: string): string[] {
    return this.#ids.filter(
      id => id === `remote-secret/${of}-in-${into}` || id.startsWith(`remote-secret/${of}-in-${into}/`),
    );
  }
}

/** What a step is about: a topic in a cluster (in all without one), or a remote secret for a cluster. */
export type StepSubject =
  | { readonly topic: Topic; readonly cluster?: string }
  | { readonly topic: 'remote-secret'; readonly of: string; readonly into: string };

/** Tells what a step is about; undefined if it is about nothing that a diagnosis knows. */
export function subjectOf(id: string): StepSubject | undefined {
  const [, of, into] = /^remote-secret\/(.+)-in-([^/]+)(?:\/.*)?$/.exec(id) ?? [];
  if (of !== undefined && into !== undefined) return { topic: 'remote-secret', of, into };
  const slash = id.indexOf('/');
  const rest = slash < 0 ? id : id.slice(slash + 1);
  const [topic] = Object.entries(TOPICS).find(([, pattern]) => pattern.test(rest)) ?? [];
  if (topic === undefined) return undefined;
  // A key of the table.
  return { topic: topic as Topic, ...(slash >= 0 && { cluster: id.slice(0, slash) }) };
}

/** Joins lists of ids in the order given: each id once, six at most. */
export function inOrder(...ids: (readonly string[])[]): readonly string[] {
  return [...new Set(ids.flat())].slice(0, 6);
}
