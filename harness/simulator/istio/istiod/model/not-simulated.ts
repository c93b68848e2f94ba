/** What of Istio's own resources has no effect here, resource by resource. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { fieldsTold } from '../../registry/fields-told.ts';
import { type Edition, namesOf } from '../../registry/names.ts';
import { nameOf } from '../../registry/object-told.ts';
import { isExecuted } from '../../registry/registry.ts';
import { Unsupported } from './config-fields.ts';
import { readAuthorizationPolicy } from './read-authorization-policy.ts';
import { readDestinationRule, readGateway, readPeerAuthentication } from './read-istio-config.ts';
import { readVirtualService } from './read-virtual-service.ts';
import { readServiceEntry, readWorkloadEntry } from './service-entry.ts';
import { readSidecar } from './sidecar.ts';

/**
 * Who reads the kinds that are executed, and notes what depends on more than a field's name; the domain is
 * that of the cluster's names.
 */
const READERS: Readonly<
  Record<string, (object: KubernetesObject, domain: string, unsupported: Unsupported) => unknown>
> = {
  Gateway: (object, _domain, unsupported) => readGateway(object, unsupported),
  VirtualService: readVirtualService,
  DestinationRule: readDestinationRule,
  AuthorizationPolicy: (object, _domain, unsupported) => readAuthorizationPolicy(object, unsupported),
  ServiceEntry: (object, _domain, unsupported) => readServiceEntry(object, unsupported),
  WorkloadEntry: (object, _domain, unsupported) => readWorkloadEntry(object, unsupported),
  Sidecar: (object, _domain, unsupported) => readSidecar(object, unsupported),
  PeerAuthentication: (object, _domain, unsupported) => readPeerAuthentication(object, unsupported),
};

/** Kinds of a release that are stored and executed by nobody. */
export const kindsWithoutEffect = (
  edition: Edition,
): readonly { readonly apiVersion: string; readonly plural: string; readonly kind: string }[] =>
  Object.entries(namesOf(edition).kinds)
    .filter(([kind]) => !isExecuted(edition, kind))
    .map(([kind, { group, plural, versions }]) => ({
      apiVersion: `${group}/${versions.split(' ')[0]}`,
      plural,
      kind,
    }));

/** Whether an object is of a kind that nobody here executes. */
const isWithoutEffect = (edition: Edition, { kind = '' }: Pick<KubernetesObject, 'kind'>): boolean =>
  !isExecuted(edition, kind);

/** Whether istioctl has made an object: 1.8 comes with filters for telemetry. */
const isInstalled = ({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean =>
  metadata.labels?.['operator.istio.io/component'] !== undefined;

/**
 * Tells what of a resource has no effect: a sentence each, the resource named in front.
 * @param object - as it was sent; one without a kind is of an unknown one
 */
export function notSimulatedIn(
  object: KubernetesObject,
  domain: string,
  edition: Edition,
): readonly string[] {
  const { kind = '' } = object;
  if (isInstalled(object)) return [];
  const which = nameOf(object);
  if (isWithoutEffect(edition, object))
    return [`${which} is not simulated by mesh-harness and has no effect`];
  const unsupported = new Unsupported();
  READERS[kind]?.(object, domain, unsupported);
  noteByRegistry(edition, object, unsupported);
  return unsupported.sentences().map(sentence => `${which}: ${sentence}`);
}

/** Notes the fields that the registry calls not simulated, unless the reader has noted them. */
export function noteByRegistry(
  edition: Edition,
  { kind = '', spec }: Pick<KubernetesObject, 'kind'> & { readonly spec?: unknown },
  unsupported: Unsupported,
): void {
  const noted = new Set(unsupported.fields);
  for (const { path, kind: told } of fieldsTold(edition, kind, spec))
    if (told === 'unknown') unsupported.unknown.push(path);
    else if (!noted.has(path)) unsupported.note(path);
}

/** Resources that protect something: half of one is worse than none that is known to be missing. */
const SECURITY_GROUP = /^security\.istio\.io\//;

/**
 * Words why a security object is refused.
 * @param told - what of it is not simulated, as notSimulatedIn tells it
 * @returns undefined for an object that is executed whole, or protects nothing
 */
export const securityRefusal = (
  { apiVersion = '' }: Pick<KubernetesObject, 'apiVersion'>,
  told: readonly string[],
): string | undefined =>
  SECURITY_GROUP.test(apiVersion) && told.length > 0
    ? `${told.join('; ')}. A security object that is not executed whole is refused, as nobody would notice ` +
      'what it does not protect. Leave out what is not simulated, or start mesh-harness with ' +
      '--allow-not-simulated (allowNotSimulated: true in a scenario file) to have it taken with a warning'
    : undefined;
