/** What the server says of objects that it takes, by kind (the strategies of pkg/registry @v1.34). */
import { isObject, type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import { changesSpec } from '../metadata.ts';
import { keyOf, type ResourceType } from '../resources.ts';
import { isSet, textOf } from '../validation/entries.ts';
import { problemsOfLabel } from '../validation/names.ts';
import { warningsOfAddress, warningsOfRange } from './addresses.ts';
import { problemOfKeyPair } from './key-pair.ts';
import { warningsOfClaim, warningsOfPod } from './pod.ts';

const SURPRISING =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior';
const SEPARATE = 'prefer separate namespaces to isolate access to mounted secrets';
const dnsLabel = (problems: readonly string[]): string =>
  `a DNS label is recommended: [${problems.join(' ')}]`;

type Warner = (object: KubernetesObject, old: KubernetesObject | undefined) => string[];

/** Of the template in a workload. @param path - of the template */
function ofTemplate(object: KubernetesObject, path: readonly string[]): string[] {
  let template: JsonObject = object;
  for (const key of path) template = objectOf(template[key]);
  return warningsOfPod(objectOf(template['metadata']), objectOf(template['spec']), `${path.join('.')}.`);
}

/** The name of a workload becomes part of its pods' names. */
function ofName({ metadata: { name = '' } }: KubernetesObject): string[] {
  const problems = problemsOfLabel(name);
  if (problems.length === 0) return [];
  return [`${SURPRISING}; ${dnsLabel(problems)}`];
}

const workload =
  (options: { readonly isNamed: boolean; readonly path?: readonly string[] }): Warner =>
  (object, old) => [
    ...(options.isNamed && !old ? ofName(object) : []),
    ...ofTemplate(object, options.path ?? ['spec', 'template']),
  ];

function ofService(service: KubernetesObject): string[] {
  const spec = objectOf(service['spec']);
  const warnings: string[] = [];
  const old = 'service.kubernetes.io/topology-aware-hints';
  if (service.metadata.annotations?.[old] !== undefined) {
    warnings.push(`annotation ${old} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  if (spec['type'] === 'ClusterIP' && spec['clusterIP'] === 'None') {
    if (textOf(spec['loadBalancerIP']) !== '')
      warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (listOf(spec['externalIPs']).length > 0)
      warnings.push('spec.externalIPs is ignored for headless services');
    if (spec['sessionAffinity'] !== 'None')
      warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  for (const [index, address] of listOf(spec['externalIPs']).entries())
    warnings.push(...warningsOfAddress(String(address), `spec.externalIPs[${index}]`));
  warnings.push(...warningsOfAddress(textOf(spec['loadBalancerIP']), 'spec.loadBalancerIP'));
  for (const [index, range] of listOf(spec['loadBalancerSourceRanges']).entries())
    warnings.push(...warningsOfRange(String(range).trim(), `spec.loadBalancerSourceRanges[${index}]`));
  const isExternal = spec['type'] === 'ExternalName';
  if (isExternal && listOf(spec['externalIPs']).length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isExternal && textOf(spec['externalName']) !== '')
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return warnings;
}

function ofSecret(secret: KubernetesObject): string[] {
  if (secret['type'] !== 'kubernetes.io/tls') return [];
  const plain = (key: string) => Buffer.from(textOf(objectOf(secret['data'])[key]), 'base64').toString();
  const problem = problemOfKeyPair(plain('tls.crt'), plain('tls.key'));
  return problem === undefined ? [] : [problem];
}

function ofSlice(slice: KubernetesObject): string[] {
  const warnings = slice['addressType'] === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  for (const [index, endpoint] of objectsOf(slice['endpoints']).entries()) {
    for (const [at, address] of listOf(endpoint['addresses']).entries())
      warnings.push(...warningsOfAddress(String(address), `endpoints[${index}].addresses[${at}]`));
  }
  return warnings;
}

function ofEndpoints(endpoints: KubernetesObject): string[] {
  return objectsOf(endpoints['subsets']).flatMap((subset, index) =>
    ['addresses', 'notReadyAddresses'].flatMap(list =>
      objectsOf(subset[list]).flatMap((address, at) =>
        warningsOfAddress(textOf(address['ip']), `subsets[${index}].${list}[${at}].ip`),
      ),
    ),
  );
}

const INGRESS_CLASS = 'kubernetes.io/ingress.class';
const MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';

const ofIngress: Warner = ({ metadata, spec }, old) => {
  const isOld = metadata.annotations?.[INGRESS_CLASS] !== undefined;
  if (old || !isOld || isSet(objectOf(spec)['ingressClassName'])) return [];
  return [`annotation "${INGRESS_CLASS}" is deprecated, please use 'spec.ingressClassName' instead`];
};

const ofAccount: Warner = ({ metadata }, old) => {
  if (metadata.annotations?.[MOUNTABLE] === undefined || old?.metadata.annotations?.[MOUNTABLE]) return [];
  return [`metadata.annotations[${MOUNTABLE}]: deprecated in v1.32+; ${SEPARATE}`];
};

function ofPolicy(policy: KubernetesObject): string[] {
  const spec = objectOf(policy['spec']);
  return [
    ['ingress', 'from'],
    ['egress', 'to'],
  ].flatMap(([direction = '', peers = '']) =>
    objectsOf(spec[direction]).flatMap((rule, index) =>
      objectsOf(rule[peers]).flatMap((peer, at) => {
        const { ipBlock } = peer;
        if (!isObject(ipBlock)) return [];
        const path = `spec.${direction}[${index}].${peers}[${at}].ipBlock`;
        const except = listOf(ipBlock['except']).flatMap((range, position) =>
          warningsOfRange(String(range), `${path}.except[${position}]`),
        );
        return [...warningsOfRange(textOf(ipBlock['cidr']), `${path}.cidr`), ...except];
      }),
    ),
  );
}

/** By resource key. */
const WARNERS: Readonly<Record<string, Warner>> = {
  pods: (pod, old) => (old ? [] : warningsOfPod({ ...pod.metadata }, objectOf(pod['spec']), '')),
  services: ofService,
  secrets: ofSecret,
  endpoints: ofEndpoints,
  serviceaccounts: ofAccount,
  persistentvolumeclaims: claim => warningsOfClaim(objectOf(claim['spec']), 'spec'),
  replicationcontrollers: workload({ isNamed: true }),
  podtemplates: workload({ isNamed: false, path: ['template'] }),
  'endpointslices.discovery.k8s.io': ofSlice,
  'ingresses.networking.k8s.io': ofIngress,
  'networkpolicies.networking.k8s.io': ofPolicy,
  'deployments.apps': workload({ isNamed: true }),
  'replicasets.apps': workload({ isNamed: true }),
  'daemonsets.apps': workload({ isNamed: false }),
  'statefulsets.apps': workload({ isNamed: false }),
  'jobs.batch': workload({ isNamed: true }),
  'cronjobs.batch': workload({ isNamed: true, path: ['spec', 'jobTemplate', 'spec', 'template'] }),
};

/** Kinds whose template is looked at anew only if it may have changed. */
const BY_GENERATION: readonly string[] = ['apps', 'batch'];

/** Tells what is odd about an object that is in order otherwise. */
export function warningsOf(
  type: ResourceType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): string[] {
  const warner = WARNERS[keyOf(type)];
  if (!warner) return [];
  if (old && BY_GENERATION.includes(type.group) && !changesSpec(type, old, object)) return [];
  return warner(object, old);
}
