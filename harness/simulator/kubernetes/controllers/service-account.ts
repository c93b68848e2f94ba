/**
 * Gives every namespace what it has by itself: the service account `default` and the ConfigMap with the API
 * server's
 * root certificate.
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { hasCode, type TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';

const ROOT_CERTIFICATE = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Creates the account and the ConfigMap that an open namespace lacks, and renews an old certificate. */
function provideDefaults(client: TypedClient, namespace: string, caCertificate: string): void {
  if (!client.isOpen(namespace)) return;
  try {
    if (!client.get('serviceaccounts', namespace, 'default')) {
      client.create('serviceaccounts', { metadata: { name: 'default', namespace } });
    }
    const existing = client.get('configmaps', namespace, ROOT_CERTIFICATE);
    const metadata = {
      name: ROOT_CERTIFICATE,
      namespace,
      annotations: { 'kubernetes.io/description': DESCRIPTION },
    };
    const data = { 'ca.crt': caCertificate };
    if (!existing) client.create('configmaps', { metadata, data });
    else if (existing.data?.['ca.crt'] !== caCertificate) client.update('configmaps', { ...existing, data });
  } catch (error) {
    if (!hasCode(error, 409)) throw error;
  }
}

/** Starts the controller that keeps both in each open namespace. @param caCertificate - PEM */
export function startServiceAccountController(
  { component, client }: ControllerContext,
  caCertificate: string,
): Controller {
  const sync = (namespace: string) => provideDefaults(client, namespace, caCertificate);
  const queue = new WorkQueue(component, sync, 'namespaces', 0);
  const stops = [
    () => queue.stop(),
    client.watch('namespaces', {}, ({ object }) => queue.add(object.metadata.name ?? '')),
    client.watch('serviceaccounts', { fieldSelector: 'metadata.name=default' }, ({ type, object }) => {
      if (type === 'DELETED') queue.add(object.metadata.namespace ?? '');
    }),
    client.watch('configmaps', { fieldSelector: `metadata.name=${ROOT_CERTIFICATE}` }, ({ type, object }) => {
      if (type !== 'ADDED') queue.add(object.metadata.namespace ?? '');
    }),
  ];
  return { stop: () => stopAll(stops) };
}
