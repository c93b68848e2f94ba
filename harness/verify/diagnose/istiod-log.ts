/** What an istiod complains of in its log: it alone knows why it does not read another cluster. */
import type { ApiClient } from '../../base/api-client.ts';
import type { PodFact } from '../pods.ts';
import { ISTIO_NAMESPACE } from '../workloads.ts';

/** Lines of the log that are read: complaints are repeated. */
const TAIL = '2000';

/** What istiod complains of. */
export interface IstiodComplaints {
  /** It cannot read another cluster: the address, the token, the rights, or no kubeconfig at all. */
  readonly unreadCluster: boolean;
  /** Names of clusters that proxies give, and that it does not know. */
  readonly unknownNames: readonly string[];
}

const NO_COMPLAINTS: IstiodComplaints = { unreadCluster: false, unknownNames: [] };

/** The messages of today, and of 1.8. */
const UNKNOWN_NAME = /claims to be in cluster "([^"]*)"|could not get cluster (\S+)'s kube client/g;

/**
 * Reads complaints (istio/istio pkg/kube/multicluster/secretcontroller.go, security/pkg/server/ca/
 * authenticate/kubeauth/kube_jwt.go; client-go's reflector for lists and watches).
 */
const complaintsIn = (log: string): IstiodComplaints => ({
  unreadCluster:
    /failed to (list|watch)|failed to add (a )?remote cluster|failed to (create|update) remote|timed out waiting for remote/i.test(
      log,
    ),
  unknownNames: [...log.matchAll(UNKNOWN_NAME)].map(([, ofToday, of18]) => ofToday ?? of18 ?? ''),
});

/** Reads the log of a cluster's istiod; an istiod whose log cannot be had has no complaints. */
export async function readComplaints(
  client: ApiClient,
  pods: readonly PodFact[],
  signal: AbortSignal,
): Promise<IstiodComplaints> {
  const pod = pods.find(({ app, status }) => app === 'istiod' && status === 'Running');
  if (!pod) return NO_COMPLAINTS;
  try {
    const query = { container: 'discovery', tailLines: TAIL };
    return complaintsIn(await client.logs(ISTIO_NAMESPACE, pod.name, query, signal));
  } catch {
    signal.throwIfAborted();
    return NO_COMPLAINTS;
  }
}
