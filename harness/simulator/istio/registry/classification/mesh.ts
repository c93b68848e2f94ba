/**
 * What becomes of the mesh's settings: `meshConfig` at the install, and ConfigMap `istio`. `defaultConfig` is
 * also what annotation `proxy.istio.io/config` has.
 */
import { executed, noEffect, type Rule } from '../classify.ts';

const LOGS = 'proxies write no access logs';
const STATISTICS = 'it names statistics, and calls do not depend on them';

export const MESH_RULES: readonly Rule[] = [
  executed(
    'MeshConfig',
    `trustDomain trustDomainAliases enableAutoMtls
    rootNamespace serviceSettings { settings { clusterLocal } hosts }
    localityLbSetting { enabled failoverPriority failover { from to } distribute { from to } }
    connectTimeout dnsRefreshRate
    defaultServiceExportTo defaultVirtualServiceExportTo defaultDestinationRuleExportTo
    outboundTrafficPolicy { mode(REGISTRY_ONLY|ALLOW_ANY) }
    defaultConfig { discoveryAddress concurrency meshId proxyMetadata interceptionMode(REDIRECT) }`,
  ),
  executed(
    'MeshConfig',
    `defaultHttpRetryPolicy { attempts retryOn perTryTimeout backoff retryIgnorePreviousHosts }
    pathNormalization {
      normalization(DEFAULT|NONE|BASE|MERGE_SLASHES|DECODE_AND_MERGE_SLASHES)
    }
    discoverySelectors { matchLabels matchExpressions { key operator values } }
    caCertificates { pem trustDomains }`,
    'current',
  ),
  // What the charts set, and what Istio would do without the setting.
  executed('MeshConfig', 'enablePrometheusMerge(true)'),
  executed('MeshConfig', 'defaultProviders { metrics(prometheus) }', 'current'),
  noEffect('MeshConfig', LOGS, 'accessLogFile accessLogEncoding accessLogFormat disableEnvoyListenerLog'),
  noEffect('MeshConfig', STATISTICS, 'inboundClusterStatName outboundClusterStatName'),
  noEffect('MeshConfig', STATISTICS, 'defaultConfig { statNameLength extraStatTags statsCompression }'),
];
