/**
 * `istioctl version`. Unlike istioctl, which asks istiod, it reads the releases from the images of the pods.
 */
import { ToolExit, UnknownContextError } from '../invocation.ts';
import { ofRevision } from './ask-istiod.ts';
import { printed } from './printed.ts';
import { containersOf } from './proxy-pod.ts';
import { releaseOf } from './releases.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

/** Prints the releases of this istioctl, of control planes and of proxies. */
export const version: Verb = {
  flags: {
    remote: { type: 'boolean' },
    short: { type: 'boolean', short: 's' },
    output: { type: 'text', short: 'o' },
    revision: { type: 'text', short: 'r' },
  },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { flags, invocation, istioVersion } = call;
    const { noIstiod, ownVersion } = releaseOf(istioVersion);
    const format = flags.text('output');
    if (format !== undefined && format !== 'json' && format !== 'yaml')
      throw new ToolExit("Error: --output must be 'yaml' or 'json'");
    const isLocal = flags.text('remote') === 'false';
    const controlPlanes = isLocal ? [] : await controlPlanesOf(call);
    if (typeof controlPlanes === 'string' || controlPlanes.length === 0) {
      const reason = typeof controlPlanes === 'string' ? controlPlanes : noIstiod.version(ISTIO_NAMESPACE);
      if (!isLocal) invocation.stderr(`${reason}\n`);
      const text = printed(format, { clientVersion: infoOf(istioVersion) });
      invocation.stdout(text ?? `${ownVersion(istioVersion)}\n`);
      return 0;
    }
    const found = await versionsOf(call, 'istio-proxy', {});
    const document = printed(format, {
      clientVersion: infoOf(istioVersion),
      meshVersion: controlPlanes.map(({ revision, release }) => ({
        Component: 'pilot',
        Revision: revision,
        Info: infoOf(release),
      })),
      dataPlaneVersion: found.map(({ id, release }) => ({ ID: id, IstioVersion: release })),
    });
    if (document !== undefined) {
      invocation.stdout(document);
      return 0;
    }
    const releases = [...new Set(controlPlanes.map(({ release }) => release))].sort();
    const proxies = found.map(({ release }) => release);
    const counts = new Map<string, number>();
    for (const each of proxies) counts.set(each, (counts.get(each) ?? 0) + 1);
    const data = [...counts].sort().map(([each, count]) => `${each} (${count} proxies)`);
    invocation.stdout(`client version: ${istioVersion}\n`);
    invocation.stdout(`control plane version: ${releases.join(', ')}\n`);
    invocation.stdout(
      data.length === 0 ? 'data plane version: none\n' : `data plane version: ${data.join(', ')}\n`,
    );
    return 0;
  },
};

/** @returns in later releases the reason where no cluster can be asked, which is no failure there */
async function controlPlanesOf(call: Call): Promise<readonly Found[] | string> {
  const { flags, istioVersion } = call;
  const labelSelector = `app=istiod${ofRevision(flags)}`;
  try {
    return await versionsOf(call, 'discovery', { namespace: ISTIO_NAMESPACE, labelSelector });
  } catch (error) {
    const { noClient, versionIsLocal } = releaseOf(istioVersion);
    if (!versionIsLocal || !(error instanceof UnknownContextError)) throw error;
    return `Istio is not present in the cluster: ${noClient}: ${error.message}`;
  }
}

/** A pod that runs a part of Istio. */
interface Found {
  /** `istiod-1.istio-system` */
  readonly id: string;
  readonly revision: string;
  /** `1.30.3` */
  readonly release: string;
}

/** pkg/version/version.go, BuildInfo; a simulated build has no commit. */
const infoOf = (release: string) => ({
  version: release,
  revision: 'simulated',
  golang_version: '',
  status: 'Clean',
  tag: release,
});

async function versionsOf(
  { client, signal }: Call,
  container: string,
  where: { readonly namespace?: string; readonly labelSelector?: string },
): Promise<readonly Found[]> {
  const { namespace, labelSelector } = where;
  const path = { apiVersion: 'v1', plural: 'pods', ...(namespace !== undefined && { namespace }) };
  const selectors = {
    fieldSelector: 'status.phase=Running',
    ...(labelSelector !== undefined && { labelSelector }),
  };
  const { items } = await client.list(path, selectors, signal);
  return items.flatMap(pod => {
    const image = containersOf(pod).find(({ name }) => name === container)?.image;
    if (image === undefined) return [];
    const { name, namespace: at, labels } = pod.metadata;
    const release = /:([^/:@]+)$/.exec(image)?.[1] ?? 'unknown';
    return [{ id: `${name}.${at}`, revision: labels?.['istio.io/rev'] ?? '', release }];
  });
}
