/** Finds the steps of a plan that a diagnosis points to, by what they are about. */
import type { Plan } from '../../plan/step.ts';

/** What a step may be about; the pattern is matched with its id, less the cluster's name in front. */
const TOPICS = {
  certificates: /^(certs|certificates|trust|root-ca|cacerts|make-certs)|cacerts|intermediate/,
  'istio-namespace': /namespace.*istio|istio.*namespace/,
  'network-label': /label-(istio|network)|network-label/,
  install: /^install-istio$|^install-istiod$/,
  'gateway-install': /^install-.*gateway/,
  'gateway-address': /gateway-address|wait.*gateway|gateway.*(ready|wait)/,
  'expose-istiod': /^expose-istiod/,
  'discovery-address': /discovery-address|remote-pilot/,
  'expose-services': /^expose-services/,
  'sample-namespace': /namespace.*sample|sample.*namespace/,
  injection: /label-sample|injection/,
  service: /^(?!expose).*service$|helloworld-service|service-helloworld/,
  workload: /helloworld-v|deploy-v/,
  client: /sleep|curl|client/,
} as const satisfies Record<string, RegExp>;

export type Topic = keyof typeof TOPICS;

/** The ids of a plan's steps, asked by topic. */
export class StepIndex {
  readonly #ids: readonly string[];
  constructor(plan: Pick<Plan, 'steps'>) {
    this.#ids = plan.steps.map(({ id }) => id);
  }

  /** Steps about a topic that act on a cluster, or on all of them. */
  about(topic: Topic, cluster?: string): string[] {
    return this.#ids.filter(id => {
      const slash = id.indexOf('/');
      const owner = slash < 0 ? undefined : id.slice(0, slash);
      const rest = slash < 0 ? id : id.slice(slash + 1);
      return TOPICS[topic].test(rest) && (cluster === undefined || owner === undefined || owner === cluster);
    });
  }

  /** The step that gives the istiod of `into` access to the API server of `of`. */
  remoteSecret(of: string, into: string): string[] {
    return this.#ids.filter(
      id => id === `remote-secret/${of}-in-${into}` || id.startsWith(`remote-secret/${of}-in-${into}/`),
    );
  }
}

/** Ids in the order given, each once, six at most. */
export function inOrder(...ids: (readonly string[])[]): readonly string[] {
  return [...new Set(ids.flat())].slice(0, 6);
}
