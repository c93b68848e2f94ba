/**
 * The labels that say who made an object: the chart's, and the operator's, by which a later run of the same
 * name prunes objects that it no longer wants (operator/pkg/helmreconciler @1.8.0,
 * operator/pkg/install/install.go @1.30.3).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import type { InstallComponent } from './install-plan.ts';
import { ISTIO_NAMESPACE } from './kubernetes-objects.ts';

type Labels = Readonly<Record<string, string>>;

const COMPONENT_LABELS: Readonly<Record<string, string>> = {
  'Istio core': 'Base',
  Istiod: 'Pilot',
  'Ingress gateways': 'IngressGateways',
  'Egress gateways': 'EgressGateways',
};
const DATAPLANE = { 'istio.io/dataplane-mode': 'none' };

/** The marks of one installation. */
export class Marks {
  readonly #behaviour: IstioBehaviour;
  readonly #owner: string;
  readonly #version: string;
  readonly #revision: string;

  /**
   * @param owner - the installation's name
   * @param version - of istioctl
   * @param revision - of the control plane
   */
  constructor(behaviour: IstioBehaviour, owner: string, version: string, revision: string) {
    this.#behaviour = behaviour;
    this.#owner = owner;
    this.#version = version;
    this.#revision = revision;
  }

  /** Returns the component with its objects marked. */
  onComponent(component: InstallComponent): InstallComponent {
    const label = COMPONENT_LABELS[component.name] ?? component.name;
    return { ...component, objects: component.objects.map(object => this.#onObject(object, label)) };
  }

  /** Returns the objects of the tag, which no later run prunes. */
  onTags(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
    const kept = { 'install.operator.istio.io/owning-resource-not-pruned': 'true' };
    return objects.map(object => this.#onObject(labelled(object, kept), 'Pilot'));
  }

  #onObject(object: KubernetesObject, component: string): KubernetesObject {
    const operator = {
      'install.operator.istio.io/owning-resource': this.#owner,
      'install.operator.istio.io/owning-resource-namespace': ISTIO_NAMESPACE,
      'operator.istio.io/component': component,
      'operator.istio.io/managed': 'Reconcile',
      'operator.istio.io/version': this.#version,
    };
    const chart = this.#behaviour.install.chartLabels(component, this.#version);
    if (Object.keys(chart).length === 0 || object.kind === 'CustomResourceDefinition')
      return labelled(object, operator);
    const name = object.metadata.labels?.['app'] === 'istio-reader' ? 'istio-reader' : APPS[component];
    const own = { ...(name !== undefined && { 'app.kubernetes.io/name': name }), ...chart };
    const marked = labelled(object, { ...own, ...operator, 'istio.io/rev': this.#revision });
    if (object.kind !== 'Deployment') return marked;
    const ofPods = {
      ...own,
      ...DATAPLANE,
      'install.operator.istio.io/owning-resource': this.#owner,
      'operator.istio.io/component': component,
    };
    return { ...marked, spec: withPodLabels(object['spec'] as DeploymentSpec, ofPods) };
  }
}

/** Charts name gateways after the default one, whatever they are called. */
const APPS: Readonly<Record<string, string>> = {
  Pilot: 'istiod',
  IngressGateways: 'istio-ingressgateway',
  EgressGateways: 'istio-egressgateway',
};

interface DeploymentSpec {
  readonly template: { readonly metadata: { readonly labels: Labels } };
}

function withPodLabels(spec: DeploymentSpec, labels: Labels): DeploymentSpec {
  const { template } = spec;
  const { metadata } = template;
  return {
    ...spec,
    template: { ...template, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } },
  };
}

const labelled = (object: KubernetesObject, labels: Labels): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
});
