/** One simulated cluster: nodes, an API server on the first of them, and all that makes objects come true. */

import type { Duplex } from 'node:stream';
import type { ExecOutcome } from '../../base/api-client.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubernetesMinor } from '../../base/kubernetes-versions.ts';
import { placeLabels } from '../../base/place-labels.ts';
import type { Random } from '../../base/random.ts';
import type { ClusterNetwork, SocketAddress } from '../network/interfaces.ts';
import type { ImageCatalog, OnProcess } from '../program.ts';
import type { Advise } from './admission/advice.ts';
import type { HostDial } from './admission/webhook-target.ts';
import { API_PORT, ApiDoor } from './api-door.ts';
import { createApiServer } from './api-server.ts';
import { startBareApi } from './bare-api.ts';
import type { Controller, ControllerContext } from './client/controller.ts';
import { type Defect, endProcess } from './client/defect.ts';
import { defectEvents } from './client/defect-events.ts';
import { type OnWrite, Supervisor } from './client/supervisor.ts';
import { startControlPlane } from './components.ts';
import type { ControlPlaneOptions } from './control-plane.ts';
import type { NamedSchema } from './custom-resource-type.ts';
import type { RequestRecord } from './http/server/server.ts';
import { type NodeMachine, nodeNames } from './node/nodes.ts';
import { execOnNode } from './node-exec.ts';

/** The parts and options of a simulated cluster. */
export interface ClusterOptions {
  readonly name: string;
  /** How many nodes; 1 or more. */
  readonly nodes: number;
  /** What labels of the nodes say of their place, the zones by turns. */
  readonly region?: string;
  readonly zones?: readonly string[];
  /** CIDR. */
  readonly podRange: string;
  /** CIDR; its first address is the API server's, its tenth the name server's. */
  readonly serviceRange: string;
  readonly network: ClusterNetwork;
  readonly clock: Clock;
  /** A stream of this cluster's own: the same one gives the same names and times. */
  readonly random: Random;
  readonly images: ImageCatalog;
  /**
   * Where no registry can be asked: tells the images that the nodes have, by whole references
   * (`docker.io/curlimages/curl:8.16.0`). Absent: a registry has all of the catalog.
   */
  readonly isOnNodes?: (reference: string) => boolean;
  /** Which version of Kubernetes its API is; 1.34 by default. */
  readonly kubernetes?: KubernetesMinor;
  /**
   * True: the API server alone, without nodes, controllers and the accounts that these would make, as
   * envtest has it.
   */
  readonly apiOnly?: boolean;
  /**
   * What the API server says that it is, in the place of `…+mesh-harness`: for tests in which the cluster
   * stands in for a real one. Nodes say the same.
   */
  readonly version?: string;
  /** Addresses that the API server's certificate names beside its own: `apiServer.certSANs` of kubeadm. */
  readonly certificateAddresses?: readonly string[];
  /**
   * False where nobody gives addresses to Services of type LoadBalancer, as on a cluster that kubeadm has
   * just made.
   */
  readonly hasLoadBalancers?: boolean;
  /** Reaches webhooks at URLs of this machine; absent: of the virtual network only. */
  readonly dialHost?: HostDial;
  /** Tells what of an object that is written has no effect in this world; absent: nothing is told. */
  readonly advise?: Advise;
  /** Has the schemas that definitions of custom resources name; absent: there are none. */
  readonly schemaNamed?: NamedSchema;
  /** Called with every request to the API server, once it is answered. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Gets what containers' main processes show, like a debugger attached to all of them. */
  readonly onProcess?: OnProcess;
  /** Called with each write of a controller, a kubelet or another component of the cluster. */
  readonly onWrite?: OnWrite;
  /** Called whenever a program that a user has started by exec writes to its standard output. */
  readonly onExecOutput?: () => void;
  /**
   * Called with each defect of the simulator in a component or a handler, and the cluster goes on; by default
   * a defect ends the process. An Event reports it too.
   */
  readonly onDefect?: (defect: Defect) => void;
}

/** A running cluster, and the ways to reach its API. */
export interface SimulatedCluster {
  readonly name: string;
  /** Where the API server listens in the virtual network. */
  readonly apiServer: SocketAddress;
  /**
   * The administrator's, with a client certificate; one context, named like the cluster.
   * @param server - `https://…`; the first node's address by default
   */
  kubeconfig(server?: string): string;
  /** Hands a raw connection to the API server; TLS begins on it. */
  accept(socket: Duplex): void;
  /** Opens the API server to other programs on this machine. @returns the port */
  listen(port: number, host: string): Promise<number>;
  /** Starts one controller more, beside those of the control plane; it ends with the cluster. */
  startController(name: string, start: (context: ControllerContext) => Controller): void;
  /**
   * Ends the API server: its connections break, and new ones are refused. The store stays, and so do the
   * controllers and kubelets, which need no connection to it.
   * @returns what starts it again
   */
  stopApiServer(): () => void;
  /**
   * Runs a program in a container as a node's runtime does, past the API server.
   * @param app - the label of the pod; a ready one, else the first that runs
   * @returns undefined if none runs
   */
  execOnNode(
    at: { readonly namespace: string; readonly app: string; readonly container: string },
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<ExecOutcome | undefined>;
  /** Ends all programs, timers and connections. */
  stop(): Promise<void>;
}

/** Brings a cluster up; its API server answers when the promise resolves. */
export async function startCluster(options: ClusterOptions): Promise<SimulatedCluster> {
  const {
    name,
    nodes: count,
    podRange,
    serviceRange,
    network,
    clock,
    random,
    images,
    onRequest,
    onProcess,
    onDefect = endProcess,
  } = options;
  const { certificateAddresses, hasLoadBalancers = true, kubernetes, apiOnly = false } = options;
  const nodes: NodeMachine[] = nodeNames(name, Math.max(1, count)).map((nodeName, index) => ({
    name: nodeName,
    network: network.addNode(nodeName),
    isControlPlane: index === 0,
    place: placeLabels(options, index),
  }));
  const [first] = nodes;
  if (!first) throw new RangeError('A cluster needs a node.');
  let tellInEvents: ((defect: Defect) => void) | undefined;
  const tellDefect = (defect: Defect) => {
    tellInEvents?.(defect);
    onDefect(defect);
  };
  const supervisor = new Supervisor(clock, tellDefect, options.onWrite);
  const api = await createApiServer({
    supervisor,
    clusterName: name,
    clock,
    random: random.stream('api-server'),
    serviceRange,
    network: first.network,
    port: API_PORT,
    ...(certificateAddresses && { certificateAddresses }),
    ...(kubernetes && { kubernetes }),
    ...(options.version !== undefined && { version: options.version }),
    hasAccounts: !apiOnly,
    ...(onRequest && { onRequest }),
    ...(options.dialHost && { dialHost: options.dialHost }),
    ...(options.advise && { advise: options.advise }),
    ...(options.schemaNamed && { schemaNamed: options.schemaNamed }),
  });
  tellInEvents = defectEvents(api.machinery, clock);
  const parts: ControlPlaneOptions = {
    supervisor,
    machinery: api.machinery,
    network,
    nodes,
    podRange,
    clock,
    random: random.stream('control-plane'),
    images,
    tokens: api.tokens,
    caCertificate: api.caPem,
    apiPort: API_PORT,
    hasLoadBalancers,
    version: api.version,
    ...(options.isOnNodes && { isOnNodes: options.isOnNodes }),
    ...(onProcess && { onProcess }),
    ...(options.onExecOutput && { onExecOutput: options.onExecOutput }),
  };
  const controlPlane = apiOnly ? startBareApi(parts) : startControlPlane(parts);
  api.connectKubelets(controlPlane.sessions);
  const door = new ApiDoor(first.network, api);
  return {
    name,
    apiServer: { address: first.network.address, port: API_PORT },
    kubeconfig: server => api.kubeconfig(server),
    accept: socket => api.accept(socket),
    startController: controlPlane.startController,
    listen: (port, host) => api.listen(port, host),
    stopApiServer: () => door.shut(),
    execOnNode: (at, argv, signal) =>
      execOnNode(api.machinery.client.list('pods', { namespace: at.namespace }), controlPlane.sessions, {
        ...at,
        argv,
        signal,
      }),
    stop: async () => {
      controlPlane.stop();
      door.close();
      await api.stop();
      for (const node of nodes) node.network.destroy();
    },
  };
}
