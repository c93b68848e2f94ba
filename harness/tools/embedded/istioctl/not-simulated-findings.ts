/**
 * What `istioctl analyze` says of objects that are not simulated. Unlike Istio, which has no such message:
 * its own begin with IST.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { adviceOn } from '../../../simulator/istio/istiod/model/advice.ts';
import { type Edition, namesOf } from '../../../simulator/istio/registry/names.ts';
import type { Message } from './analyzers.ts';
import { schemaFindings } from './schema-findings.ts';

/** Lists the objects of a resource; none where there is no such resource. */
type List = (apiVersion: string, plural: string) => Promise<readonly KubernetesObject[]>;

/** Kinds of Kubernetes that have marks, variables or settings of Istio. */
const KUBERNETES_KINDS: readonly (readonly [apiVersion: string, plural: string, kind: string])[] = [
  ['v1', 'namespaces', 'Namespace'],
  ['v1', 'services', 'Service'],
  ['v1', 'configmaps', 'ConfigMap'],
  ['v1', 'pods', 'Pod'],
  ['v1', 'nodes', 'Node'],
  ['v1', 'serviceaccounts', 'ServiceAccount'],
  ['apps/v1', 'deployments', 'Deployment'],
  ['apps/v1', 'statefulsets', 'StatefulSet'],
  ['apps/v1', 'daemonsets', 'DaemonSet'],
  ['batch/v1', 'jobs', 'Job'],
  ['batch/v1', 'cronjobs', 'CronJob'],
  ['networking.k8s.io/v1', 'ingresses', 'Ingress'],
  ['gateway.networking.k8s.io/v1', 'gateways', 'Gateway'],
  ['gateway.networking.k8s.io/v1', 'httproutes', 'HTTPRoute'],
];

/** Finds what makes no sense, and what is not simulated. @param within - whether an object is looked at */
export async function notSimulatedFindings(
  list: List,
  within: (object: KubernetesObject) => boolean,
  istioVersion: string,
): Promise<readonly Message[]> {
  const edition: Edition = istioVersion.startsWith('1.8.') ? '1.8' : 'current';
  const ofIstio = Object.entries(namesOf(edition).kinds).map(
    ([kind, { group, plural, versions }]) => [`${group}/${versions.split(' ')[0]}`, plural, kind] as const,
  );
  const found: Message[] = [];
  for (const [apiVersion, plural, kind] of [...ofIstio, ...KUBERNETES_KINDS])
    for (const object of await list(apiVersion, plural))
      if (within(object))
        found.push(
          ...schemaFindings(edition, { ...object, apiVersion, kind }),
          ...findingsIn(edition, { ...object, apiVersion, kind }),
        );
  return found;
}

const findingsIn = (edition: Edition, object: KubernetesObject): readonly Message[] =>
  adviceOn(edition, object).map(sentence => {
    const { kind = '', metadata } = object;
    const about = `${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`;
    // The object stands in front already.
    const text = sentence.replace(`${about}: `, '').replace(`${about} is`, 'It is');
    return { level: 'Warning', code: 'MESH0001', about, text };
  });
