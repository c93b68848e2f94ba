/**
 * What becomes of variables of the environment: istiod's on its Deployment, a proxy's in its container, in
 * `proxyMetadata` and in `proxy.istio.io/config`. A value in brackets is the one that the charts set.
 */
import { executed, noEffect, type Rule } from '../classify.ts';

const PEOPLE = 'it changes a log, a metric or a page for people';

export const VARIABLE_RULES: readonly Rule[] = [
  executed(
    'istiod',
    `CLUSTER_ID EXTERNAL_ISTIOD INJECTION_WEBHOOK_CONFIG_NAME POD_NAME POD_NAMESPACE REVISION
    KUBERNETES_SERVICE_HOST PILOT_CERT_PROVIDER(istiod) JWT_POLICY(third-party-jwt|first-party-jwt)
    PILOT_SKIP_VALIDATE_TRUST_DOMAIN(false)`,
  ),
  executed(
    'istiod',
    `CENTRAL_ISTIOD(false) PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_OUTBOUND(true)
    PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_INBOUND(true)`,
    '1.8',
  ),
  executed(
    'istiod',
    `PILOT_ENABLE_ALPN_FILTER RESOLVE_HOSTNAME_GATEWAYS CA_TRUSTED_NODE_ACCOUNTS(istio-system/ztunnel)
    PILOT_ENABLE_IP_AUTOALLOCATE(true) PLATFORM()
    PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS ISTIO_MULTIROOT_MESH`,
    'current',
  ),
  noEffect('istiod', PEOPLE, 'PILOT_XDS_CACHE_STATS PILOT_ENABLE_ANALYSIS(false) PILOT_TRACE_SAMPLING'),
  executed(
    'proxy',
    `CA_ADDR INSTANCE_IP ISTIO_KUBE_APP_PROBERS POD_NAME POD_NAMESPACE PROXY_CONFIG SECRET_TTL SERVICE_ACCOUNT
    TRUST_DOMAIN PILOT_CERT_PROVIDER(istiod) JWT_POLICY(third-party-jwt|first-party-jwt)
    ISTIO_META_CLUSTER_ID ISTIO_META_NETWORK ISTIO_META_NAME ISTIO_META_NAMESPACE ISTIO_META_SERVICE_ACCOUNT
    ISTIO_META_INSTANCE_IPS ISTIO_META_ISTIO_VERSION ISTIO_META_MESH_ID ISTIO_META_WORKLOAD_NAME
    ISTIO_META_OWNER ISTIO_META_POD_PORTS ISTIO_META_REQUESTED_NETWORK_VIEW
    ISTIO_META_INTERCEPTION_MODE(REDIRECT) KUBERNETES_SERVICE_HOST ISTIO_META_DNS_CAPTURE
    ISTIO_META_DNS_AUTO_ALLOCATE(true)`,
  ),
  noEffect('proxy', 'telemetry alone reads it', 'ISTIO_META_APP_CONTAINERS', 'current'),
  executed('proxy', 'ISTIO_META_ROUTER_MODE', '1.8'),
  executed('proxy', 'PROXY_CONFIG_XDS_AGENT', 'current'),
  executed('proxy', 'ISTIO_CPU_LIMIT ISTIO_META_NODE_NAME ISTIO_META_UNPRIVILEGED_POD(true)', 'current'),
];
