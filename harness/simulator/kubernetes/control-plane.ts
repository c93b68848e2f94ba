/** What the components of a cluster are made of, and what they are together. */
import type { Controller, ControllerContext } from './client/controller.ts';
import type { KubeletApi } from './kubelet-api.ts';
import type { NodeAgentsOptions } from './node-agents.ts';

/** What the components of a cluster are made of; the first node is the control plane's. */
export interface ControlPlaneOptions extends NodeAgentsOptions {
  /** PEM; goes into `kube-root-ca.crt` and into token secrets. */
  readonly caCertificate: string;
  /** Where the API server listens on the first node. */
  readonly apiPort: number;
  /** False: nobody gives addresses to Services of type LoadBalancer. */
  readonly hasLoadBalancers?: boolean;
  /** Called whenever a program that was started by exec writes to its standard output. */
  readonly onExecOutput?: () => void;
}

/** The running components of a cluster. */
export interface ControlPlane extends Controller {
  readonly sessions: KubeletApi;
  /** Starts one controller more; it ends with the others. */
  startController(name: string, start: (context: ControllerContext) => Controller): void;
}
