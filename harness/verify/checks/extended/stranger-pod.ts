/** A pod without a sidecar, with a certificate of a root that no one trusts. */

import type { ApiClient } from '../../../base/api-client.ts';
import { createRootCa, issueCertificate } from '../../../base/certificates.ts';
import { createKeyPair } from '../../../base/keys.ts';
import {
  isNotFound,
  KubernetesApiError,
  pathOf,
  type ResourcePath,
} from '../../../base/kubernetes-client.ts';
import { list } from '../../../base/untyped.ts';
import type { ClusterName } from '../../../model/names.ts';
import { clientPodIn, isTrouble, type Trouble } from '../../calling.ts';
import type { CheckContext } from '../../check.ts';
import { at, text } from '../../diagnose/object-fields.ts';
import type { Caller } from '../../direct-call.ts';
import { readPod } from '../../pods.ts';
import type { Changes } from '../../put-back.ts';
import { settle } from '../../settle.ts';
import { NAMESPACE } from '../../workloads.ts';

/** The name of all that is made. */
const STRANGER = 'mesh-harness-stranger';
const FOLDER = '/stranger';
/** Arguments with which curl presents the certificate. */
export const FOREIGN_CERTIFICATE = ['--cert', `${FOLDER}/tls.crt`, '--key', `${FOLDER}/tls.key`] as const;

const DAY_MS = 86_400_000;
/** Milliseconds until the pod has to run: its image is there already. */
const START_MS = 60_000;

/** Makes a certificate like a workload's own, of another root. The root's key is thrown away. */
async function foreignCertificate(nowMs: number): Promise<Record<'tls.crt' | 'tls.key', string>> {
  const validity = { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + DAY_MS };
  const root = await createRootCa({ commonName: 'Root CA', organizations: ['Strangers'], ...validity });
  const { publicKeyDer, privateKeyPem } = createKeyPair();
  const request = {
    organizations: ['Strangers'],
    uris: [`spiffe://cluster.local/ns/${NAMESPACE}/sa/${STRANGER}`],
    ...validity,
    publicKeyDer,
  };
  const certificate = await issueCertificate(root, request);
  return { 'tls.crt': certificate + root.certificatePem, 'tls.key': privateKeyPem };
}

/**
 * Makes an object for the time of a check. One of the same name, left by a check that was killed, is used.
 * @throws KubernetesApiError
 */
export async function makeForNow(
  client: ApiClient,
  context: { readonly cluster: ClusterName; readonly changes: Changes; readonly signal: AbortSignal },
  path: ResourcePath & { readonly name: string },
  body: Record<string, unknown>,
): Promise<void> {
  const { cluster, changes, signal } = context;
  const { name, ...collection } = path;
  const byHand = `kubectl --context ${cluster} delete ${path.plural} ${name} -n ${path.namespace}`;
  changes.undoWith(byHand, async undoSignal => {
    try {
      await client.request('DELETE', pathOf(path), {
        body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' },
        signal: undoSignal,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
  try {
    await client.create(collection, { metadata: { name }, ...body }, {}, signal);
  } catch (error) {
    if (!(error instanceof KubernetesApiError && error.code === 409)) throw error;
  }
}

/**
 * Starts a stranger beside a cluster's client, of the client's image: it is there, and has curl.
 * @returns where to call from, or why it does not run
 */
export async function startStranger(
  context: CheckContext,
  cluster: ClusterName,
  client: ApiClient,
  changes: Changes,
): Promise<Caller | Trouble> {
  const { clock, signal } = context;
  const own = await clientPodIn(context, client);
  if (isTrouble(own)) return own;
  const pods = { apiVersion: 'v1', plural: 'pods', namespace: NAMESPACE };
  const model = await client.get({ ...pods, name: own.name }, signal);
  const container = list(at(model, 'spec', 'containers')).find(
    each => text(at(each, 'name')) === context.client,
  );
  const making = { cluster, changes, signal };
  const secrets = { apiVersion: 'v1', plural: 'secrets', namespace: NAMESPACE };
  await makeForNow(
    client,
    making,
    { ...secrets, name: STRANGER },
    {
      type: 'kubernetes.io/tls',
      stringData: await foreignCertificate(clock.now()),
    },
  );
  await makeForNow(
    client,
    making,
    { ...pods, name: STRANGER },
    {
      metadata: {
        name: STRANGER,
        labels: { app: STRANGER, 'sidecar.istio.io/inject': 'false' },
        annotations: { 'sidecar.istio.io/inject': 'false' },
      },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: STRANGER,
            ...pick(container, 'image', 'imagePullPolicy', 'command', 'args'),
            volumeMounts: [{ name: 'certificate', mountPath: FOLDER, readOnly: true }],
          },
        ],
        volumes: [{ name: 'certificate', secret: { secretName: STRANGER } }],
      },
    },
  );
  const status = await settle(
    context,
    async () => readPod(await client.get({ ...pods, name: STRANGER }, signal)).status,
    seen => seen === 'Running',
    { timeoutMs: START_MS },
  );
  return status === 'Running'
    ? { client, namespace: NAMESPACE, pod: STRANGER, container: STRANGER }
    : { trouble: `a pod without a sidecar does not run in ${cluster}: ${status}` };
}

const pick = (value: unknown, ...names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map(name => [name, at(value, name)]).filter(([, member]) => member !== undefined));
