/**
 * What is observed when a step of the guide is left out, in the terms of the failure table
 * (docs/reference/failure-table.md).
 */
import type { Symptom } from '../../harness/verify/traffic.ts';

export interface Expected {
  /** The rows of the failure table, and what follows from which of its rules. */
  readonly from: string;
  /** By cluster: what calls from its client show. */
  readonly sees: Readonly<Record<string, Symptom>>;
  /** By cluster: how all calls that fail do so, as curl shows it. No call from another cluster fails. */
  readonly fails?: Readonly<Record<string, RegExp>>;
  /**
   * By cluster: what is wrong with the pods in `sample`, their names without hashes. All other clusters' are
   * as the guide shows them.
   */
  readonly pods?: Readonly<Record<string, string>>;
  /** By cluster: what Kubernetes warns of in `sample`. */
  readonly warnings?: Readonly<Record<string, RegExp>>;
  /**
   * What is wrong with where the versions live; else it is as the topology has it, save for pods that are
   * missing.
   */
  readonly placement?: string;
  /** By step: what it says. These fail, and no other. */
  readonly steps?: Readonly<Record<string, RegExp>>;
  /** It takes its time: the checks wait for it as long as users'. */
  readonly showsLate?: boolean;
}

/** By step. */
export type Table = Readonly<Record<string, Expected>>;

/** What is seen of a plan without each of its steps. */
export interface PlanTable {
  readonly scenario: string;
  readonly edition: string;
  readonly rows: Table;
}

// ---- words that several rows share

export const REFUSED_TO_CLIENT =
  /^curl: \(7\) Failed to connect to helloworld\.sample port 5000: Connection refused$/;
export const UNKNOWN_HOST = /^curl: \(6\) Could not resolve host: helloworld\.sample$/;
/** Envoy 1.16.0 calls a connect timeout a local reset, and does not retry it (I8, "1.8.0 special"). */
export const LOCAL_RESET =
  /^503 upstream connect error or disconnect\/reset before headers\. reset reason: local reset$/;

export const NO_SAMPLE_NAMESPACE = /namespaces "sample" not found/;
export const NO_SYSTEM_NAMESPACE = /namespaces "istio-system" not found/;
export const NO_GATEWAY_KIND =
  /no matches for kind "Gateway" in version "networking\.istio\.io\/v1(alpha3)?"/;
/**
 * istioctl names what it waited for: operator/pkg/helmreconciler/wait.go @1.8.0, operator/pkg/install/wait.go
 * @1.30.3.
 */
export const notReadyAfter5Minutes = (deployment: string): RegExp =>
  new RegExp(
    `failed to wait for resource: resources not ready after 5m0s: ` +
      `(timed out waiting for the condition|context deadline exceeded).*Deployment/istio-system/${deployment}`,
  );
export const timedOut = (deployment: string) =>
  new RegExp(`timed out waiting for the condition on deployments\\.apps/${deployment}`);
const missing = (deployment: string) => new RegExp(`deployments\\.apps "${deployment}" not found`);
const noSidecar = (name: string) => `${name} 1/1 Running (it has no sidecar)`;
const sidecarNotReady = (name: string) => `${name} 1/2 Running (its sidecar is not ready)`;

// ---- results that several rows share

export const HARMLESS = (from: string): Expected => ({ from, sees: { cluster1: 'BOTH', cluster2: 'BOTH' } });

/** Where HelloWorld lives in the four scenarios. */
const VERSION: Readonly<Record<string, string>> = { cluster1: 'v1', cluster2: 'v2' };

/** @param client - the edition's: `sleep`, `curl`; its pods come after or before HelloWorld's */
export const podsWithoutSidecar = (cluster: string, client = 'sleep'): Readonly<Record<string, string>> => ({
  [cluster]: [`helloworld-${VERSION[cluster]}`, client].sort().map(noSidecar).join('; '),
});

/**
 * cluster2's proxies get no configuration from cluster1's istiod: its pods run, none gets ready, and cluster1
 * never hears of v2.
 */
export const remoteWithoutConfiguration = (
  from: string,
  more: { readonly steps?: Readonly<Record<string, RegExp>>; readonly multiNetwork: boolean },
): Expected => ({
  from,
  sees: { cluster1: 'R', cluster2: 'CFG' },
  fails: { cluster2: REFUSED_TO_CLIENT },
  pods: { cluster2: `${sidecarNotReady('helloworld-v2')}; ${sidecarNotReady('sleep')}` },
  steps: {
    'cluster2/install-istio': notReadyAfter5Minutes('istio-ingressgateway'),
    ...(more.multiNetwork && { 'cluster2/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway') }),
    'cluster2/wait-for-helloworld-v2': timedOut('helloworld-v2'),
    'cluster2/call-helloworld': timedOut('sleep'),
    ...more.steps,
  },
});

// ---- "Configure Trust" (F2)

/**
 * Without `make-certificates`, a namespace for them, or `cacerts` themselves, an istiod makes a root of its
 * own.
 */
export function trustRows(
  withoutTrust: (from: string, steps: Readonly<Record<string, RegExp>>) => Expected,
  /** What else needs the namespace, in each cluster. */
  alsoNeedTheNamespace: readonly string[] = [],
): Table {
  const noFile = (cluster: string) => ({
    [`${cluster}/create-cacerts`]: new RegExp(
      `error reading certs/${cluster}/ca-cert\\.pem.*no such file or directory`,
    ),
  });
  const rows: Record<string, Expected> = {
    'make-certificates': withoutTrust('F2 no cacerts in either cluster', {
      ...noFile('cluster1'),
      ...noFile('cluster2'),
    }),
  };
  for (const cluster of ['cluster1', 'cluster2']) {
    rows[`${cluster}/create-namespace`] = withoutTrust('F2 `kubectl create secret` before ns exists', {
      ...Object.fromEntries(
        ['create-cacerts', ...alsoNeedTheNamespace].map(step => [`${cluster}/${step}`, NO_SYSTEM_NAMESPACE]),
      ),
    });
    rows[`${cluster}/create-cacerts`] = withoutTrust('F2 cacerts only in one cluster', {});
  }
  return rows;
}

// ---- "Verify the Installation" (F13)

/**
 * @param multiNetwork - whether un-injected endpoints are left out of the other network (I7)
 * @param client - the edition's: `sleep`, `curl`
 */
export function verificationRows(multiNetwork: boolean, client = 'sleep'): Table {
  const other = (cluster: string) => (cluster === 'cluster1' ? 'cluster2' : 'cluster1');
  const rows: Record<string, Expected> = {};
  for (const cluster of ['cluster1', 'cluster2']) {
    const helloWorld = `helloworld-${VERSION[cluster]}`;
    const noDeployment = {
      [`${cluster}/wait-for-${helloWorld}`]: missing(helloWorld),
    };
    rows[`${cluster}/create-sample-namespace`] = {
      from: 'F13 ns sample missing',
      sees: { [cluster]: 'NOPOD', [other(cluster)]: 'R' },
      pods: { [cluster]: `there is no pod of ${helloWorld}; there is no pod of ${client}` },
      steps: {
        [`${cluster}/enable-injection`]: NO_SAMPLE_NAMESPACE,
        [`${cluster}/create-helloworld-service`]: NO_SAMPLE_NAMESPACE,
        [`${cluster}/deploy-${helloWorld}`]: NO_SAMPLE_NAMESPACE,
        ...noDeployment,
        [`${cluster}/deploy-${client}`]: NO_SAMPLE_NAMESPACE,
        [`${cluster}/call-helloworld`]: missing(client),
      },
    };
    rows[`${cluster}/enable-injection`] = {
      from: 'F13 injection label omitted',
      sees: { [cluster]: 'LOC-plain', [other(cluster)]: multiNetwork ? 'R' : 'BOTH' },
      pods: podsWithoutSidecar(cluster, client),
    };
    rows[`${cluster}/create-helloworld-service`] = {
      from: 'F13 Service missing; I12',
      sees: { [cluster]: 'DNS', [other(cluster)]: 'R' },
      fails: { [cluster]: UNKNOWN_HOST },
      steps: { [`${cluster}/call-helloworld`]: /curl: \(6\) Could not resolve host: helloworld\.sample/ },
    };
    rows[`${cluster}/deploy-${helloWorld}`] = {
      from: 'F13 v1 missing, v2 missing: only the other, all 200',
      sees: { [cluster]: 'REMOTE-ONLY', [other(cluster)]: 'R' },
      pods: { [cluster]: `there is no pod of ${helloWorld}` },
      steps: noDeployment,
    };
    rows[`${cluster}/wait-for-${helloWorld}`] = HARMLESS('the verification waits by itself');
    rows[`${cluster}/deploy-${client}`] = {
      from: 'F13 sleep missing',
      sees: { [cluster]: 'NOPOD', [other(cluster)]: 'BOTH' },
      pods: { [cluster]: `there is no pod of ${client}` },
      steps: { [`${cluster}/call-helloworld`]: missing(client) },
    };
    rows[`${cluster}/call-helloworld`] = HARMLESS('it only looks');
  }
  return rows;
}
