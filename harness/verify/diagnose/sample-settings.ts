/** Settings that objects hold: of the Service and its clients, of gateways, of istiod. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { SERVICE } from '../workloads.ts';
import { at, list, text } from './object-fields.ts';

/** The Service of HelloWorld, as far as discovery goes by it. */
export interface ServiceFact {
  /** What its selector asks of the label `app`. */
  readonly selectsApp: string | undefined;
  readonly portNames: readonly string[];
}

/** Reads the Service. */
export const serviceFact = (service: KubernetesObject): ServiceFact => ({
  selectsApp: text(at(service, 'spec', 'selector', 'app')),
  portNames: list(at(service, 'spec', 'ports')).map(port => text(at(port, 'name')) ?? ''),
});

/** Tells whether a DestinationRule has clients call HelloWorld in plain text. */
export const asksForPlainText = (rules: readonly KubernetesObject[]): boolean =>
  rules.some(
    rule =>
      (text(at(rule, 'spec', 'host')) ?? '').split('.')[0] === SERVICE &&
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
