/** Settings that objects hold: of the Service and its clients, of gateways, of istiod. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import { NAMESPACE, SERVICE } from '../workloads.ts';
import { at, text } from './object-fields.ts';

/** The Service of HelloWorld, as far as discovery goes by it. */
export interface ServiceFact {
  /** What its selector asks of the label `app`. */
  readonly selectsApp: string | undefined;
  /** Its selector, if pods of HelloWorld exist and it selects none: `app=helloworld,version=v3`. */
  readonly selectsNone?: string;
  readonly portNames: readonly string[];
  /** A port that it leads to, and that none of its pods says it has: `8080`. */
  readonly strangePort?: number;
}

/** Reads the Service. @param pods - those of its namespace */
export function serviceFact(service: KubernetesObject, pods: readonly KubernetesObject[]): ServiceFact {
  const selector = Object.entries(at(service, 'spec', 'selector') ?? {});
  const own = pods.filter(({ metadata }) => metadata.labels?.['app'] === SERVICE);
  const declared = own
    .flatMap(pod => list(at(pod, 'spec', 'containers')))
    .flatMap(container => list(at(container, 'ports')))
    .map(port => at(port, 'containerPort'));
  const strange = list(at(service, 'spec', 'ports'))
    .map(port => at(port, 'targetPort'))
    .find(port => typeof port === 'number' && own.length > 0 && !declared.includes(port));
  return {
    selectsApp: text(at(service, 'spec', 'selector', 'app')),
    portNames: list(at(service, 'spec', 'ports')).map(port => text(at(port, 'name')) ?? ''),
    ...(typeof strange === 'number' && { strangePort: strange }),
    ...(own.length > 0 &&
      !own.some(pod => isSelected(pod, selector)) && {
        selectsNone: selector.map(([key, value]) => `${key}=${String(value)}`).join(','),
      }),
  };
}

const isSelected = ({ metadata }: KubernetesObject, selector: readonly (readonly [string, unknown])[]) =>
  selector.every(([key, value]) => metadata.labels?.[key] === value);

/**
 * Tells whether a Gateway is meant for an east-west gateway: one that selects none of those that are there is
 * for another.
 * @param pods - those of the east-west gateway
 */
export const isForGateway = (gateway: KubernetesObject, pods: readonly KubernetesObject[]): boolean =>
  pods.length === 0 ||
  pods.some(pod => isSelected(pod, Object.entries(at(gateway, 'spec', 'selector') ?? {})));

/** Tells whether a host of a rule is HelloWorld: by name, or by `*.local`, `*`. */
export const isOfService = (host: string): boolean =>
  host.startsWith('*')
    ? `${SERVICE}.${NAMESPACE}.svc.cluster.local`.endsWith(host.slice(1))
    : host.split('.')[0] === SERVICE;

/** Tells whether a DestinationRule has clients call HelloWorld in plain text. */
export const asksForPlainText = (rules: readonly KubernetesObject[]): boolean =>
  rules.some(
    rule =>
      isOfService(text(at(rule, 'spec', 'host')) ?? '') &&
      at(rule, 'spec', 'trafficPolicy', 'tls', 'mode') === 'DISABLE',
  );

/** Reads the trust domain in the ConfigMap `istio`; undefined if that has none of its own. */
export const trustDomainIn = (config: KubernetesObject | undefined): string | undefined =>
  /^trustDomain: *"?([^\s"]+)/m.exec(text(at(config, 'data', 'mesh')) ?? '')?.[1];

/** Reads the name by which the istiod of a cluster knows it. @param pods - all of Istio's */
export const clusterIdIn = (pods: readonly KubernetesObject[]): string | undefined =>
  pods
    .filter(({ metadata }) => metadata.labels?.['app'] === 'istiod')
    .flatMap(pod => list(at(pod, 'spec', 'containers')))
    .flatMap(container => list(at(container, 'env')))
    .map(each => (at(each, 'name') === 'CLUSTER_ID' ? text(at(each, 'value')) : undefined))
    .find(value => value !== undefined);

/** Tells whether a server of a Gateway lets calls of services through: by SNI, on the guide's port, for the mesh. */
export const exposesServices = (server: unknown): boolean =>
  at(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH' &&
  at(server, 'port', 'number') === 15443 &&
  list(at(server, 'hosts')).some(host => /^(.*\/)?(\*|\*\.local)$/.test(text(host) ?? ''));
