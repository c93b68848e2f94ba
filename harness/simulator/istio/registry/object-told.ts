/** What of Kubernetes' objects Istio would heed and the simulator does not: marks, settings, variables. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { type Tree, tree, trees } from '../../../base/untyped.ts';
import { fieldsTold } from './fields-told.ts';
import type { Edition } from './names.ts';
import { namesTold } from './names-told.ts';

const SYSTEM_NAMESPACE = 'istio-system';
/** API groups of others whose resources Istio heeds, where their definitions are installed. */
const FOREIGN_GROUPS = [
  'gateway.networking.k8s.io',
  'gateway.networking.x-k8s.io',
  'inference.networking.k8s.io',
  'multicluster.x-k8s.io',
  'sailoperator.io',
];

/** Names an object: `Pod sample/sleep`. */
export function nameOf({ kind = 'resource', metadata }: KubernetesObject): string {
  const { name, namespace } = metadata;
  return `${kind} ${[namespace, name].filter(part => part !== undefined && part !== '').join('/')}`;
}

/**
 * Tells what of an object is not simulated: a sentence each, the object named in front. Of Istio's own
 * resources it tells of annotations and labels only.
 */
export function objectTold(edition: Edition, object: KubernetesObject): readonly string[] {
  const { apiVersion = '', kind = '' } = object;
  const clauses = [
    ...marksTold(edition, tree(object.metadata), ''),
    ...templatesOf(object).flatMap(template => [
      ...marksTold(edition, tree(template['metadata']), ' of its pods'),
      ...proxyVariables(edition, tree(template['spec'])),
    ]),
    ...(kind === 'Pod' ? proxyVariables(edition, tree(object['spec'])) : []),
    ...(kind === 'Service' && READS_SERVICE_TRAFFIC[edition] ? serviceTold(tree(object['spec'])) : []),
    ...(kind === 'ConfigMap' ? meshTold(edition, object) : []),
    ...(kind === 'Deployment' ? istiodTold(edition, object) : []),
    ...(kind === 'CustomResourceDefinition' ? definitionTold(object) : []),
  ];
  const which = nameOf(object);
  const group = apiVersion.split('/')[0] ?? '';
  return FOREIGN_GROUPS.includes(group) || isIngressOfIstio(object)
    ? [`${which} is not simulated by mesh-harness and has no effect`]
    : [...new Set(clauses)].map(clause => `${which}: ${clause}`);
}

/** Whether istiod reads of a Service which endpoints it prefers. */
const READS_SERVICE_TRAFFIC: Readonly<Record<Edition, boolean>> = { '1.8': false, current: true };

/** Ingresses that istiod would take for its ingress gateway (pilot/pkg/config/kube/ingress). */
const isIngressOfIstio = (object: KubernetesObject): boolean =>
  object.kind === 'Ingress' && tree(object['spec'])['ingressClassName'] === 'istio';

/** What a Service says of who is near (pilot/pkg/serviceregistry/kube/conversion.go @1.30.3). */
const serviceTold = ({ trafficDistribution, internalTrafficPolicy }: Tree): readonly string[] => [
  ...(trafficDistribution ? [fieldClause('spec.trafficDistribution', 'not simulated')] : []),
  ...(internalTrafficPolicy === 'Local'
    ? [fieldClause('spec.internalTrafficPolicy: Local', 'not simulated')]
    : []),
];

function marksTold(edition: Edition, { annotations, labels }: Tree, where: string): readonly string[] {
  const [noted, labelled] = [tree(annotations), tree(labels)];
  const clauses = [...namesTold(edition, 'annotations', noted), ...namesTold(edition, 'labels', labelled)];
  const config = noted['proxy.istio.io/config'];
  return [
    ...(where === '' ? clauses : clauses.map(clause => clause.replace(' is not', `${where} is not`))),
    ...(typeof config === 'string'
      ? proxyConfigTold(edition, tree(parsed(config)), 'proxy.istio.io/config')
      : []),
  ];
}

/** The templates of pods in a Deployment, a StatefulSet, …, a CronJob. */
function templatesOf(object: KubernetesObject): readonly Tree[] {
  const spec = tree(object['spec']);
  const jobs = tree(tree(spec['jobTemplate'])['spec']);
  return [spec['template'], jobs['template']].filter(each => each !== undefined).map(tree);
}

function proxyVariables(edition: Edition, spec: Tree): readonly string[] {
  const containers = [...trees(spec['containers']), ...trees(spec['initContainers'])];
  return containers
    .filter(({ name }) => name === 'istio-proxy')
    .flatMap(({ env }) => namesTold(edition, 'proxy', variablesOf(env)));
}

/** Variables with a value of their own; those that point to a field are the charts'. */
const variablesOf = (env: unknown): Tree =>
  Object.fromEntries(
    trees(env).flatMap(({ name, value, valueFrom }) =>
      valueFrom === undefined ? [[String(name), value ?? '']] : [],
    ),
  );

function proxyConfigTold(edition: Edition, config: Tree, where: string): readonly string[] {
  const fields = fieldsTold(edition, 'MeshConfig', { defaultConfig: config });
  return [
    ...fields.map(({ path, kind }) => fieldClause(path.replace('defaultConfig', where), kind)),
    ...namesTold(edition, 'proxy', tree(config['proxyMetadata'])),
  ];
}

const fieldClause = (field: string, kind: 'not simulated' | 'unknown'): string =>
  kind === 'unknown'
    ? `Istio has no ${field}`
    : `${field} is not simulated by mesh-harness and has no effect`;

/** Tells of the mesh's settings. @param text - YAML, as key `mesh` of ConfigMap `istio` has it */
export const meshTextTold = (edition: Edition, text: string): readonly string[] =>
  meshConfigTold(edition, parsed(text));

function meshConfigTold(edition: Edition, mesh: unknown): readonly string[] {
  const config = tree(tree(mesh)['defaultConfig']);
  return [
    ...fieldsTold(edition, 'MeshConfig', mesh).map(({ path, kind }) =>
      fieldClause(`meshConfig.${path}`, kind),
    ),
    ...namesTold(edition, 'proxy', tree(config['proxyMetadata'])),
  ];
}

function meshTold(edition: Edition, object: KubernetesObject): readonly string[] {
  const { name = '', namespace } = object.metadata;
  if (namespace !== SYSTEM_NAMESPACE || !/^istio(?:-(?!sidecar-injector|ca-root-cert).+)?$/.test(name))
    return [];
  const text = tree(object['data'])['mesh'];
  return typeof text === 'string' ? meshTextTold(edition, text) : [];
}

/** Who installs a definition will write such resources. */
const definitionTold = (object: KubernetesObject): readonly string[] =>
  FOREIGN_GROUPS.includes(String(tree(object['spec'])['group']))
    ? ['its resources are not simulated by mesh-harness and have no effect']
    : [];

function istiodTold(edition: Edition, object: KubernetesObject): readonly string[] {
  if (object.metadata.labels?.['app'] !== 'istiod') return [];
  return templatesOf(object)
    .flatMap(template => trees(tree(template['spec'])['containers']))
    .filter(({ name }) => name === 'discovery')
    .flatMap(({ env }) => namesTold(edition, 'istiod', variablesOf(env)));
}

/** Text that is no YAML says nothing here: who reads it tells of that. */
function parsed(text: string): unknown {
  try {
    return yaml.load(text);
  } catch {
    return undefined;
  }
}
