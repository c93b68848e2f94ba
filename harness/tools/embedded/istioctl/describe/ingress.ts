/** `istioctl x describe`: through which ingress gateways a Service is called. describe.go @1.30.3 */

import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { includesLabels } from '../../../../base/labels.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { askProxy } from '../proxy-pod.ts';
import type { Call } from '../verb.ts';
import { foundRules, viewOf } from './found-rules.ts';
import { type Labels, type Pod, podsIn, type Service, servicesIn } from './objects.ts';
import { protocolOf, targetPort } from './pod-text.ts';
import { virtualServiceLines } from './route-text.ts';
import { type Described, LINE } from './services.ts';

/** A Service of gateways, with its pods. */
interface Ingress {
  readonly service: Service;
  readonly pods: readonly Pod[];
}

/** Ports that are shown, and what their URLs begin with; port 80 needs no mention. */
const SHOWN_PORTS: ReadonlySet<string | undefined> = new Set(['http2', 'http']);

/** Describes the routes by which gateways lead to the Services. */
export async function* ingressLines(call: Call, described: Described): AsyncGenerator<string> {
  const chosen = { labelSelector: 'istio=ingressgateway', fieldSelector: 'status.phase=Running' };
  const pods = await podsIn(call, undefined, chosen);
  if (pods.length === 0) {
    yield 'Skipping Gateway information (no ingress gateway pods)';
    return;
  }
  const ingresses = await ingressesOf(call, pods);
  if (ingresses.length === 0) yield 'Skipping Gateway information (no ingress gateway service)';
  const seen = new Set<string>();
  for (const pod of pods) {
    const { name = '', namespace = '' } = pod.metadata;
    const dump = await askProxy(call, { name, namespace }, 'config_dump');
    for (const service of described.services)
      for (const { port } of service.spec.ports ?? []) {
        const question = { service, port, pods: described.pods };
        const found = await foundRules(call, dump, question);
        yield* found.warnings;
        if (!found.virtualService) continue;
        const lines = [
          ...virtualServiceLines(
            found.virtualService,
            viewOf(service, found, { indent: '', at: described.at }),
          ),
        ];
        yield* gatewayLines(call, found.virtualService, ingresses, lines, seen);
      }
  }
}

async function ingressesOf(call: Call, pods: readonly Pod[]): Promise<readonly Ingress[]> {
  const ingresses: Ingress[] = [];
  for (const namespace of new Set(pods.map(({ metadata }) => metadata.namespace ?? ''))) {
    for (const service of await servicesIn(call, namespace)) {
      const own = pods.filter(
        ({ metadata }) =>
          metadata.namespace === namespace &&
          includesLabels(metadata.labels ?? {}, service.spec.selector ?? {}),
      );
      if (own.length > 0) ingresses.push({ service, pods: own });
    }
  }
  return ingresses;
}

/** For each Gateway that the VirtualService names, once: where it is reached, and the routes. */
async function* gatewayLines(
  { client, signal }: Call,
  virtual: KubernetesObject,
  ingresses: readonly Ingress[],
  routes: readonly string[],
  seen: Set<string>,
): AsyncGenerator<string> {
  for (const named of list(tree(virtual['spec'])['gateways']).map(String)) {
    if (named === '' || named === 'mesh') continue;
    const slash = named.indexOf('/');
    const namespace = slash < 0 ? (virtual.metadata.namespace ?? '') : named.slice(0, slash);
    const name = named.slice(slash + 1);
    if (seen.has(`${namespace}/${name}`)) continue;
    const path = { apiVersion: 'networking.istio.io/v1', plural: 'gateways', namespace, name };
    const gateway = await client.find(path, signal);
    if (!gateway) {
      yield `WARNING: Proxy is stale; it references to non-existent gateway ${namespace}/${name}`;
      continue;
    }
    seen.add(`${namespace}/${name}`);
    const selector = tree(gateway['spec'])['selector'] as Labels | undefined; // of a Gateway
    if (!selector) {
      yield `Ingress Gateway ${namespace}/${name} be applied all workloads`;
      continue;
    }
    const own = ingresses
      .filter(({ pods }) => pods.some(({ metadata }) => includesLabels(metadata.labels ?? {}, selector)))
      .sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
    if (own.length === 0) continue;
    yield LINE;
    for (const ingress of own) yield* exposedLines(ingress);
    yield* routes;
  }
}

const addressOf = ({ service, pods }: Ingress): string =>
  service.status?.loadBalancer?.ingress?.[0]?.ip ?? (pods[0]?.status?.hostIP || 'unknown');

function* exposedLines(ingress: Ingress): Generator<string> {
  const [pod] = ingress.pods;
  for (const port of ingress.service.spec.ports ?? []) {
    if ((port.protocol ?? 'TCP') !== 'TCP' || !SHOWN_PORTS.has(port.name)) continue;
    if (!pod || targetPort(pod, port) === undefined) continue;
    const scheme = /^HTTP2?$/.test(protocolOf(port)) ? 'http' : '';
    const suffix = port.port === (scheme === '' ? 0 : 80) ? '' : `:${port.port}`;
    yield `Exposed on Ingress Gateway ${scheme}://${addressOf(ingress)}${suffix}`;
  }
}
