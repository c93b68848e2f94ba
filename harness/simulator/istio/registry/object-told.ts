/** What of Kubernetes' objects Istio would heed and the simulator does not: marks, settings, variables. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { list, type Tree, tree, trees } from '../../../base/untyped.ts';
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
  const group = object.apiVersion?.split('/')[0] ?? '';
  if (FOREIGN_GROUPS.includes(group) || isIngressOfIstio(object))
    return [`${nameOf(object)} is not simulated by mesh-harness and has no effect`];
  const clauses = [...marksTold(edition, tree(object.metadata), '')];
  for (const template of templatesOf(object))
    clauses.push(
      ...marksTold(edition, tree(template['metadata']), ' of its pods'),
      ...proxyVariables(edition, tree(template['spec'])),
    );
  clauses.push(...toldByKind(edition, object));
  // Hardly ever there is anything: it is asked of every write.
  if (clauses.length === 0) return clauses;
  const which = nameOf(object);
  return [...new Set(clauses)].map(clause => `${which}: ${clause}`);
}

/** What only an object of its kind may have. */
function toldByKind(edition: Edition, object: KubernetesObject): readonly string[] {
  switch (object.kind) {
    case 'Pod':
      return proxyVariables(edition, tree(object['spec']));
    case 'Service':
      return READS_SERVICE_TRAFFIC[edition] ? serviceTold(tree(object['spec'])) : [];
    case 'ConfigMap':
      return meshTold(edition, object);
    case 'Deployment':
      return istiodTold(edition, object);
    case 'CustomResourceDefinition':
      return definitionTold(object);
    default:
      return [];
  }
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
  const noted = tree(annotations);
  const clauses = [
    ...namesTold(edition, 'annotations', noted),
    ...namesTold(edition, 'labels', tree(labels)),
  ].map(clause => (where === '' ? clause : clause.replace(' is not', `${where} is not`)));
  const config = noted['proxy.istio.io/config'];
  if (typeof config === 'string')
    clauses.push(...proxyConfigTold(edition, tree(parsed(config)), 'proxy.istio.io/config'));
  return clauses;
}

/** The templates of pods in a Deployment, a StatefulSet, …, a CronJob. */
function templatesOf(object: KubernetesObject): readonly Tree[] {
  const spec = tree(object['spec']);
  const jobs = tree(tree(spec['jobTemplate'])['spec']);
  return [spec['template'], jobs['template']].filter(each => each !== undefined).map(tree);
}

function proxyVariables(edition: Edition, spec: Tree): readonly string[] {
  return [...list(spec['containers']), ...list(spec['initContainers'])].flatMap(container => {
    const { name, env } = tree(container);
    return name === 'istio-proxy' ? namesTold(edition, 'proxy', variablesOf(env)) : [];
  });
}

/** Variables with a value of their own; those that point to a field are the charts'. */
function variablesOf(env: unknown): Tree {
  const values: Record<string, unknown> = {};
  for (const variable of list(env)) {
    const { name, value, valueFrom } = tree(variable);
    if (valueFrom === undefined) values[String(name)] = value ?? '';
  }
  return values;
}

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
