/** What `istioctl x describe` reads of objects, as the API server validated them. */
import type { KubernetesObject, Selectors } from '../../../../base/kubernetes-client.ts';
import type { Call } from '../verb.ts';

/** A port of a container. */
interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** A container of a pod. */
interface Container {
  readonly name: string;
  readonly ports?: readonly ContainerPort[];
  readonly restartPolicy?: string;
  readonly securityContext?: { readonly runAsUser?: number };
}

/** How a container is. */
interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
}

/** A pod. */
export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly securityContext?: { readonly runAsUser?: number };
  };
  readonly status?: {
    readonly phase?: string;
    readonly hostIP?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** A port of a Service. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly targetPort?: number | string;
}

/** A Service. */
export interface Service extends KubernetesObject {
  readonly spec: {
    readonly ports?: readonly ServicePort[];
    readonly selector?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

/** Labels of an object, or those that a selector wants. */
export type Labels = Readonly<Record<string, string>>;

/** Returns an object's name, with its namespace if that is another than the one that is described. */
export const shownName = ({ name = '', namespace = '' }: KubernetesObject['metadata'], at: string): string =>
  namespace === at ? name : `${name}.${namespace}`;

/** Lists pods. @param namespace - absent: of all */
export async function podsIn(
  { client, signal }: Call,
  namespace: string | undefined,
  selectors: Selectors,
): Promise<readonly Pod[]> {
  const path = { apiVersion: 'v1', plural: 'pods', ...(namespace !== undefined && { namespace }) };
  const { items } = await client.list(path, selectors, signal);
  return items as readonly KubernetesObject[] as readonly Pod[]; // of `pods`
}

/** Lists the Services of a namespace. */
export async function servicesIn({ client, signal }: Call, namespace: string): Promise<readonly Service[]> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'services', namespace }, {}, signal);
  return items as readonly KubernetesObject[] as readonly Service[]; // of `services`
}
