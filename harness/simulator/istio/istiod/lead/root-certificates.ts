/**
 * Keeps ConfigMap `istio-ca-root-cert` in every namespace of a cluster, from which proxies know the mesh's
 * root.
 */
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import { Informer } from '../watch/informer.ts';
import { WritePace } from './write-pace.ts';

const NAME = 'istio-ca-root-cert';
const KEY = 'root-cert.pem';

/** The cluster to write to, and the root. */
export interface RootCertificatesOptions {
  readonly client: () => KubernetesClient;
  readonly rootPem: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go. Works until the signal aborts. */
export function distributeRootCertificates(options: RootCertificatesOptions): void {
  const { client, rootPem, clock, random, signal, log } = options;
  const common = { client, clock, random, signal, onFailure: (message: string) => log.error(message) };
  const pace = new WritePace(clock, signal);
  const isDue = (namespace: string) =>
    maps.hasSynced && namespaces.get(namespace) && maps.get(`${namespace}/${NAME}`) !== rootPem;
  const ensure = (namespace: string) => {
    if (isDue(namespace)) pace.run(namespace, () => put(namespace));
  };
  const put = (namespace: string) => {
    if (!isDue(namespace)) return;
    const present = maps.get(`${namespace}/${NAME}`);
    void write(client(), namespace, rootPem, present !== undefined, signal).catch((error: unknown) => {
      // A namespace that is going away takes nothing new. Any other refusal is logged, and tried again when
      // something changes.
      if (!signal.aborted)
        log.error(`error when creating configmap ${NAME} in namespace ${namespace}: ${messageOf(error)}`);
    });
  };
  const maps: Informer<string> = new Informer<string>({
    ...common,
    path: { apiVersion: 'v1', plural: 'configmaps' },
    selectors: { fieldSelector: `metadata.name=${NAME}` },
    keep: object => (object['data'] as Record<string, string> | undefined)?.[KEY] ?? '',
    onChange: key => ensure(key.split('/')[0] ?? ''),
    kind: 'ConfigMap',
  });
  const namespaces: Informer<true> = new Informer<true>({
    ...common,
    path: { apiVersion: 'v1', plural: 'namespaces' },
    keep: object => (object.metadata.deletionTimestamp === undefined ? true : undefined),
    onChange: key => ensure(key),
    kind: 'Namespace',
  });
  void maps.synced.then(() => {
    for (const namespace of namespaces.keys()) ensure(namespace);
  });
}

/** Makes the ConfigMap from which a namespace's proxies read the root. */
const rootConfigMap = (namespace: string, rootPem: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: NAME, namespace, labels: { 'istio.io/config': 'true' } },
  data: { [KEY]: rootPem },
});

async function write(
  client: KubernetesClient,
  namespace: string,
  rootPem: string,
  exists: boolean,
  signal: AbortSignal,
): Promise<void> {
  const path = { apiVersion: 'v1', plural: 'configmaps', namespace };
  const object = rootConfigMap(namespace, rootPem);
  if (exists) {
    await client.replace({ ...path, name: NAME }, object, {}, signal);
    return;
  }
  try {
    await client.create(path, object, {}, signal);
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.code !== 409) throw error;
    await client.replace({ ...path, name: NAME }, object, {}, signal);
  }
}
