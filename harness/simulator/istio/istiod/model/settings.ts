/** istiod's environment, read once. */

import type { ProcessContext } from '../../../program.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import { behaviourOf } from '../../releases.ts';
import { revised } from '../../revision.ts';

/** The settings of istiod's process from its start. */
export interface IstiodSettings {
  readonly version: string;
  readonly behaviour: IstioBehaviour;
  readonly clusterId: string;
  readonly podName: string;
  readonly namespace: string;
  readonly revision: string;
  readonly externalIstiod: boolean;
  /** Whether proxies that ask are told the roots of the mesh's `caCertificates` beside istiod's own. */
  readonly tellsRoots: boolean;
  /** What kubeconfigs of remote secrets may have though it is unsafe: `exec`, `tokenFile`. */
  readonly insecureKubeconfigOptions: ReadonlySet<string>;
  /**
   * The mutating webhook configurations of this name get our CA (1.8); current goes by the label
   * `istio.io/rev`.
   */
  readonly injectionWebhookName: string;
  readonly domain: string;
  /** Names in istiod's serving certificate, in both editions (I1). */
  readonly servingNames: readonly string[];
  /** False: security objects that are not simulated are refused. */
  readonly allowsNotSimulated: boolean;
  readonly debounceAfterMs: number;
  readonly debounceMaxMs: number;
}

/** The variable by which istiod takes security objects that are not simulated; `true` or nothing. */
export const ALLOW_NOT_SIMULATED = 'MESH_HARNESS_ALLOW_NOT_SIMULATED';

/** Reads the environment and `--domain`. Throws RangeError for a release that is not simulated. */
export function readIstiodSettings({ env, argv, hostname }: ProcessContext): IstiodSettings {
  const version = env['ISTIO_VERSION'] ?? '1.8.0';
  const namespace = env['POD_NAMESPACE'] ?? 'istio-system';
  const address = (env['ISTIOD_ADDR'] ?? '').replace(/:\d+$/, '');
  const revision = env['REVISION'] || 'default';
  // pilot/pkg/bootstrap/server.go, getDNSNames @1.8.0, @1.30.3
  const own = revision === 'default' ? [] : [revised('istiod', revision)];
  const names = ['istiod', ...own, 'istiod-remote', 'istio-pilot'].map(name => `${name}.${namespace}.svc`);
  const domainAt = argv.indexOf('--domain');
  const behaviour = behaviourOf(version);
  // pilot/pkg/features @1.30.3: an Envoy without Istio's filters refuses what has one.
  const resolvesHostnameGateways =
    behaviour.resolvesHostnameGateways && env['RESOLVE_HOSTNAME_GATEWAYS'] !== 'false';
  const alpnFilter = behaviour.alpnFilter && env['PILOT_ENABLE_ALPN_FILTER'] !== 'false';
  return {
    version,
    behaviour: { ...behaviour, alpnFilter, resolvesHostnameGateways },
    clusterId: env['CLUSTER_ID'] ?? 'Kubernetes',
    podName: env['POD_NAME'] ?? hostname,
    namespace,
    revision,
    externalIstiod: env['EXTERNAL_ISTIOD'] === 'true',
    tellsRoots: behaviour.tellsRoots && env['ISTIO_MULTIROOT_MESH'] === 'true',
    insecureKubeconfigOptions: new Set(
      (env['PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS'] ?? '').split(','),
    ),
    injectionWebhookName: env['INJECTION_WEBHOOK_CONFIG_NAME'] ?? 'istio-sidecar-injector',
    domain: (domainAt >= 0 && argv[domainAt + 1]) || 'cluster.local',
    servingNames: [...new Set([...names, ...(address === '' ? [] : [address])])],
    allowsNotSimulated: env[ALLOW_NOT_SIMULATED] === 'true',
    // pilot/pkg/features: PILOT_DEBOUNCE_AFTER, PILOT_DEBOUNCE_MAX
    debounceAfterMs: 100,
    debounceMaxMs: 10_000,
  };
}
