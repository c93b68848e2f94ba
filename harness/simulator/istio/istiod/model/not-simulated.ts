/** What of Istio's own resources has no effect here, resource by resource. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { Unsupported } from './config-fields.ts';
import { readAuthorizationPolicy } from './read-authorization-policy.ts';
import { readDestinationRule, readGateway, readPeerAuthentication } from './read-istio-config.ts';
import { readVirtualService } from './read-virtual-service.ts';
import { readSidecar } from './sidecar.ts';

/** Kinds that are executed, and who reads them; the domain is that of the cluster's names. */
const READERS: Readonly<
  Record<string, (object: KubernetesObject, domain: string, unsupported: Unsupported) => unknown>
> = {
  Gateway: (object, _domain, unsupported) => readGateway(object, unsupported),
  VirtualService: readVirtualService,
  DestinationRule: readDestinationRule,
  AuthorizationPolicy: (object, _domain, unsupported) => readAuthorizationPolicy(object, unsupported),
  Sidecar: (object, _domain, unsupported) => readSidecar(object, unsupported),
  PeerAuthentication: (object, _domain, unsupported) => readPeerAuthentication(object, unsupported),
};

/** Kinds that are stored and executed by nobody, by plural name and version that both releases serve. */
export const KINDS_WITHOUT_EFFECT: readonly (readonly [apiVersion: string, plural: string])[] = [
  ['networking.istio.io/v1alpha3', 'serviceentries'],
  ['networking.istio.io/v1alpha3', 'workloadentries'],
  ['networking.istio.io/v1alpha3', 'envoyfilters'],
  ['security.istio.io/v1beta1', 'requestauthentications'],
];

/** Whether an object is of a kind that nobody here executes. */
export const isWithoutEffect = ({ kind = '' }: Pick<KubernetesObject, 'kind'>): boolean =>
  !Object.hasOwn(READERS, kind);

/** Whether istioctl has made an object: 1.8 comes with filters for telemetry. */
export const isInstalled = ({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean =>
  metadata.labels?.['operator.istio.io/component'] !== undefined;

/**
 * Tells what of a resource has no effect: a sentence each, the resource named in front.
 * @param object - as it was sent; one without a kind is of an unknown one
 */
export function notSimulatedIn(object: KubernetesObject, domain: string): readonly string[] {
  const { kind = 'resource', metadata } = object;
  if (isInstalled(object)) return [];
  const { name, namespace } = metadata;
  const which = `${kind} ${[namespace, name].filter(part => part !== undefined).join('/')}`;
  if (isWithoutEffect(object)) return [`${which} is not simulated by mesh-harness and has no effect`];
  const unsupported = new Unsupported();
  READERS[kind]?.(object, domain, unsupported);
  return unsupported.sentences().map(sentence => `${which}: ${sentence}`);
}
