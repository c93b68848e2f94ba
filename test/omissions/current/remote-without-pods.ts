/**
 * What is observed when today's remote, which has no istiod of its own, cannot use its primary's: no pod is
 * created (I10, docs/reference/failure-table.md).
 */
import { type Expected, notReadyAfter5Minutes, timedOut } from '../expected.ts';

/** What the API server of cluster2 says of the webhook, after its URL. */
export const REFUSED = 'dial tcp 10\\.255\\.20\\.\\d+:443: connect: connection refused';
export const UNKNOWN_AUTHORITY = '.*x509: certificate signed by unknown authority';
export const NO_SERVICE = 'service "istiod" not found';

export const NO_ISTIOD_TO_ASK = /unable to find any Istiod instances/;

export const remoteWithoutPods = (
  from: string,
  because: string,
  more: { readonly steps?: Readonly<Record<string, RegExp>>; readonly multiNetwork: boolean },
): Expected => ({
  from,
  sees: { cluster1: 'R', cluster2: 'NOPOD' },
  pods: { cluster2: 'there is no pod of helloworld-v2; there is no pod of curl' },
  warnings: {
    cluster2: new RegExp(
      `^FailedCreate: Error creating: Internal error occurred: failed calling webhook "namespace\\.sidecar-injector\\.istio\\.io": ` +
        `failed to call webhook: Post "https://istiod\\.istio-system\\.svc:443/inject/cluster/cluster2/net/network\\d\\?timeout=10s": ${because}`,
    ),
  },
  steps: {
    ...(more.multiNetwork && { 'cluster2/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway') }),
    'cluster2/wait-for-helloworld-v2': timedOut('helloworld-v2'),
    'cluster2/call-helloworld': timedOut('curl'),
    ...more.steps,
  },
});
