/**
 * `istioctl version`. Unlike istioctl, which asks istiod, it reads the releases from the images of the pods.
 */
import { containersOf } from './proxy-pod.ts';
import { releaseOf } from './releases.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

/** Prints the releases of this istioctl, of control planes and of proxies. */
export const version: Verb = {
  flags: {
    remote: { type: 'boolean' },
    short: { type: 'boolean', short: 's' },
    output: { type: 'text', short: 'o' },
  },
  maxArgs: 0,
  async run(call) {
    const { flags, invocation, istioVersion } = call;
    const { noIstiod, ownVersion } = releaseOf(istioVersion);
    if (flags.text('remote') === 'false') {
      invocation.stdout(`${ownVersion(istioVersion)}\n`);
      return 0;
    }
    const controlPlanes = await versionsOf(call, 'discovery', {
      namespace: ISTIO_NAMESPACE,
      labelSelector: 'app=istiod',
    });
    if (controlPlanes.length === 0) {
      invocation.stderr(`${noIstiod.version(ISTIO_NAMESPACE)}\n`);
      invocation.stdout(`${ownVersion(istioVersion)}\n`);
      return 0;
    }
    const proxies = await versionsOf(call, 'istio-proxy', {});
    const counts = new Map<string, number>();
    for (const each of proxies) counts.set(each, (counts.get(each) ?? 0) + 1);
    const data = [...counts].sort().map(([each, count]) => `${each} (${count} proxies)`);
    invocation.stdout(`client version: ${istioVersion}\n`);
    invocation.stdout(`control plane version: ${[...new Set(controlPlanes)].sort().join(', ')}\n`);
    invocation.stdout(
      data.length === 0 ? 'data plane version: none\n' : `data plane version: ${data.join(', ')}\n`,
    );
    return 0;
  },
};

async function versionsOf(
  { client, signal }: Call,
  container: string,
  where: { readonly namespace?: string; readonly labelSelector?: string },
): Promise<readonly string[]> {
  const { namespace, labelSelector } = where;
  const path = { apiVersion: 'v1', plural: 'pods', ...(namespace !== undefined && { namespace }) };
  const selectors = {
    fieldSelector: 'status.phase=Running',
    ...(labelSelector !== undefined && { labelSelector }),
  };
  const { items } = await client.list(path, selectors, signal);
  return items.flatMap(pod => {
    const image = containersOf(pod).find(({ name }) => name === container)?.image;
    return image === undefined ? [] : [/:([^/:@]+)$/.exec(image)?.[1] ?? 'unknown'];
  });
}
