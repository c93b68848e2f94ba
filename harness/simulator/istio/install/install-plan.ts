/** The result of `istioctl install`, before anyone applies it: components, objects, and what to wait for. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';

/** What istioctl waits for before it calls a component installed. */
export interface WaitTarget {
  readonly kind: 'CustomResourceDefinition' | 'Namespace' | 'Deployment';
  readonly namespace?: string;
  readonly name: string;
}

/** A part of an installation that istioctl reports by itself. */
export interface InstallComponent {
  /** `Istio core`, `Istiod`, `Ingress gateways`: as in `✔ Istio core installed`. */
  readonly name: string;
  /** To be applied in this order. */
  readonly objects: readonly KubernetesObject[];
  readonly waitsFor: readonly WaitTarget[];
}

/** The whole of an installation, ready to be applied. */
export interface InstallPlan {
  readonly version: string;
  /** `default`, `empty`, `remote`, `demo`. */
  readonly profile: string;
  /** istio-system, to be created before anything else if it is absent; an existing one keeps its labels. */
  readonly namespace: KubernetesObject;
  readonly components: readonly InstallComponent[];
  /** `default`, `canary`. */
  readonly revision: string;
  /** What was asked for and has no effect here, or was left out, since it was forced; one sentence each. */
  readonly told: readonly string[];
  /**
   * Made when all components are there: current's default tag, unless this is another revision beside it.
   * `manifest generate` leaves it out.
   */
  readonly tags: readonly KubernetesObject[];
  /**
   * The name under which the installation is recorded, and its objects labelled: `installed-state-eastwest`
   * in 1.8; in current `eastwest`, or `unknown` for a document without a name.
   */
  readonly stateName: string;
  /** The record itself; absent in current, which keeps none. */
  readonly state?: KubernetesObject;
}
