/** A client and two servers with sidecars on one network, for tests of the proxy. */

import type { LbEndpoint } from '../../harness/simulator/istio/xds/resources.ts';
import type { RetryPolicy } from '../../harness/simulator/istio/xds/retry-policy.ts';
import {
  curl,
  helloWorld,
  inboundResources,
  OUTBOUND,
  outboundResources,
  type Pod,
  ProxyWorld,
  SERVICE_IP,
} from './proxy-world.ts';

/** A pod with a sidecar as an endpoint of the service. */
export const endpointOf = (pod: Pod, more: Partial<LbEndpoint> = {}): LbEndpoint => ({
  address: pod.network.address,
  port: 5000,
  weight: 1,
  tlsMode: 'istio',
  ...more,
});
/** No route leads there from network1. */
export const BLACK_HOLE: LbEndpoint = { address: '10.20.0.9', port: 5000, weight: 1, tlsMode: 'istio' };
/** A node, which answers with a reset: nothing listens. */
export const REFUSING: LbEndpoint = { address: '172.18.0.2', port: 5999, weight: 1, tlsMode: 'istio' };

/** A client `sleep` and two servers with sidecars; istiod serves what `endpointsFor` says until `update`. */
export async function meshOf(
  options: { readonly seed?: string; readonly version?: string; readonly retryPolicy?: RetryPolicy },
  endpointsFor: (v1: Pod, v2: Pod) => readonly LbEndpoint[],
) {
  const world = new ProxyWorld(options);
  const { root, intermediate } = await world.authority('one');
  let endpoints: readonly LbEndpoint[] = [];
  const istiod = await world.istiod(intermediate, ({ id }) =>
    id.includes('sleep')
      ? outboundResources(world.version, endpoints, options.retryPolicy)
      : inboundResources(),
  );
  world.names.set('helloworld.sample.svc.cluster.local', [SERVICE_IP]);
  const v1 = await world.proxyPod('helloworld-v1', root.rootPem, { app: helloWorld });
  const v2 = await world.proxyPod('helloworld-v2', root.rootPem, { app: helloWorld });
  const update = (next: readonly LbEndpoint[]) => {
    endpoints = next;
    istiod.push();
  };
  endpoints = endpointsFor(v1, v2);
  const sleep = await world.proxyPod('sleep', root.rootPem);
  await world.ready(v1, v2, sleep);
  return { world, istiod, root, sleep, v1, v2, update };
}

/** One host's counters in a proxy's `/clusters`. */
export async function hostStats(pod: Pod, { address, port }: LbEndpoint): Promise<Record<string, number>> {
  const { stdout } = await pod.exec(curl, 'curl', '-s', 'http://localhost:15000/clusters');
  const prefix = `${OUTBOUND}::${address}:${port}::`;
  const lines = stdout.split('\n').filter(line => line.startsWith(prefix));
  return Object.fromEntries(
    lines.map(line => line.slice(prefix.length).split('::')).map(([name, value]) => [name, Number(value)]),
  );
}
