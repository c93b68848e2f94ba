/** Programs that are killed, or stay away: istiod, gateways, HelloWorld, an API server. */
import { crash, scaleAway } from '../deployments.ts';
import { type FaultDefinition, STAY_MS } from '../fault.ts';
import { clusterOf, hasGateway, theCluster, theGatewayCluster, thePrimary } from '../places.ts';
import { killPods } from '../pods.ts';

const ISTIOD = { namespace: 'istio-system', labelSelector: 'app=istiod' };
const GATEWAY = { namespace: 'istio-system', labelSelector: 'istio=eastwestgateway' };
const HELLO_WORLD = { namespace: 'sample', labelSelector: 'app=helloworld' };

const killIstiod: FaultDefinition = {
  id: 'kill-istiod',
  sentence: 'The pod of an istiod is killed; its ReplicaSet makes another.',
  parameters: { cluster: thePrimary('whose istiod it is') },
  does: 'Deletes the pods of istiod without grace.',
  real: {
    shows: 'Calls go on; proxies connect again within seconds, and get all of their configuration.',
    source: 'istio/istio pilot/pkg/xds/ads.go @1.8.0 (derived)',
  },
  clears: 'Nothing is left to take back: Kubernetes has healed it.',
  stayMs: STAY_MS,
  begin: async hand => {
    const cluster = clusterOf(hand);
    const names = await killPods(hand.clientOf(cluster), cluster, ISTIOD, hand.signal);
    return `${names.length} pod of istiod in ${cluster} was killed`;
  },
};

const istiodAway: FaultDefinition = {
  id: 'istiod-away',
  sentence: 'An istiod stays away.',
  parameters: { cluster: thePrimary('whose istiod it is') },
  does: 'Scales the Deployment istiod to 0.',
  real: {
    shows:
      'Running proxies keep their last configuration and calls go on; new pods stay 1/2 (1.8, with a ' +
      'webhook of their own) or are refused, and certificates are not renewed.',
    source: 'istio/istio pilot/pkg/xds/ads.go @1.8.0; failurePolicy Fail of the chart’s webhook (derived)',
  },
  clears: 'Scales it back.',
  stayMs: STAY_MS,
  begin: async hand => {
    const names = await scaleAway(hand, clusterOf(hand), ISTIOD);
    return `${names} in ${clusterOf(hand)} is scaled to 0`;
  },
};

const killGateway: FaultDefinition = {
  id: 'kill-gateway',
  sentence: 'The pod of an east-west gateway is killed; its ReplicaSet makes another.',
  parameters: { cluster: theGatewayCluster('whose gateway it is') },
  does: 'Deletes the pods of the gateway without grace.',
  real: {
    shows:
      'Connections through it break, and calls of that moment with them; new ones are refused until the ' +
      'new pod is ready, and are retried on a local host (symptom X for seconds).',
    source: 'istio/istio pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0 (derived)',
  },
  clears: 'Nothing is left to take back: Kubernetes has healed it.',
  stayMs: STAY_MS,
  outside: hasGateway,
  begin: async hand => {
    const cluster = clusterOf(hand);
    const names = await killPods(hand.clientOf(cluster), cluster, GATEWAY, hand.signal);
    return `${names.length} pod of the east-west gateway in ${cluster} was killed`;
  },
};

const gatewayAway: FaultDefinition = {
  id: 'gateway-away',
  sentence: 'An east-west gateway stays away.',
  parameters: { cluster: theGatewayCluster('whose gateway it is') },
  does: 'Scales the Deployment istio-eastwestgateway to 0; its Service keeps its address.',
  real: {
    shows:
      'Symptom X: its Service has no endpoint, so connections are refused, and a retry finds a local ' +
      'host. In primary-remote the proxies behind it keep their last configuration.',
    source: 'istio/istio pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0 (derived)',
  },
  clears: 'Scales it back.',
  stayMs: STAY_MS,
  outside: hasGateway,
  begin: async hand => {
    const names = await scaleAway(hand, clusterOf(hand), GATEWAY);
    return `${names} in ${clusterOf(hand)} is scaled to 0`;
  },
};

const helloWorldAway: FaultDefinition = {
  id: 'helloworld-away',
  sentence: 'HelloWorld of a cluster is away.',
  parameters: { cluster: theCluster('whose HelloWorld it is') },
  does: 'Scales its Deployments to 0.',
  real: {
    shows: 'The other clusters answer; calls of the moment may be lost while the pod ends.',
    source: 'istio/istio pilot/pkg/serviceregistry/kube/controller/endpointcontroller.go @1.8.0 (derived)',
  },
  clears: 'Scales them back.',
  stayMs: STAY_MS,
  begin: async hand => {
    const names = await scaleAway(hand, clusterOf(hand), HELLO_WORLD);
    return `${names} in ${clusterOf(hand)} is scaled to 0`;
  },
};

const helloWorldCrashes: FaultDefinition = {
  id: 'helloworld-crashes',
  sentence: 'HelloWorld of a cluster fails at its start, again and again.',
  parameters: { cluster: theCluster('whose HelloWorld it is') },
  does: 'Changes the command of its containers to /bin/false, and the strategy to Recreate.',
  real: {
    shows: 'CrashLoopBackOff: the pod is not ready and has no endpoint; the other clusters answer.',
    source: 'kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go @v1.32.0 (derived)',
  },
  clears: 'Puts command and strategy back.',
  stayMs: STAY_MS,
  begin: async hand => {
    const names = await crash(hand, clusterOf(hand), HELLO_WORLD);
    return `${names} in ${clusterOf(hand)} fails at its start`;
  },
};

const apiServerStopped: FaultDefinition = {
  id: 'stop-api-server',
  sentence: 'The API server of a cluster is away.',
  parameters: { cluster: theCluster('whose API server it is') },
  does: 'Ends its connections, and takes no new ones; its store stays.',
  real: {
    shows:
      'Calls go on. Nothing changes in the cluster; istiod keeps the last endpoints that it knew, and ' +
      'retries. kubectl: connection refused.',
    source: 'client-go semantics (derived)',
  },
  clears: 'Starts it again, with its store.',
  notSimulated:
    'Controllers, the scheduler and kubelets have a way of their own to the store, and go on. The port on ' +
    '127.0.0.1 of clusters that are up takes connections and ends them, where the real one refuses.',
  stayMs: STAY_MS,
  begin: async hand => {
    const cluster = clusterOf(hand);
    const start = hand.points.stopApiServer(cluster);
    hand.undoWith(`start the API server of ${cluster}`, start);
    return `the API server of ${cluster} is away`;
  },
};

/** Faults of programs. */
export const PROGRAMS: readonly FaultDefinition[] = [
  killIstiod,
  istiodAway,
  killGateway,
  gatewayAway,
  apiServerStopped,
  helloWorldAway,
  helloWorldCrashes,
];
