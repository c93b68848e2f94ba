/**
 * What becomes of the fields of Istio's resources. A field that is not named is not simulated, and who writes
 * it is told so. The names are a tree, in which lists and maps have no sign of their own; what is named is
 * executed, and of its fields those that are named in its braces. With values in brackets only these are.
 */
import { executed, type Rule } from '../classify.ts';

const TEXT = '{ exact prefix regex }';
const DESTINATION = 'destination { host port { number } subset }';
const EDITS = '{ request { add remove set } response { add remove set } }';
const SELECTOR = 'selector { matchLabels }';

const MIRROR = DESTINATION.replace('destination', 'mirror');
const CONNECTIONS = 'port destinationSubnets gateways sourceLabels sourceNamespace';

const VIRTUAL_SERVICES = executed(
  'VirtualService',
  `hosts gateways exportTo
  http {
    name timeout delegate { name namespace }
    match {
      name port ignoreUriCase gateways sourceLabels sourceNamespace statPrefix
      uri ${TEXT} method ${TEXT} authority ${TEXT} scheme ${TEXT}
      headers ${TEXT} withoutHeaders ${TEXT} queryParams ${TEXT}
    }
    route { ${DESTINATION} weight headers ${EDITS} }
    redirect { uri authority port derivePort scheme redirectCode }
    directResponse { status body { string bytes } }
    rewrite { uri authority uriRegexRewrite { match rewrite } }
    retries { attempts retryOn perTryTimeout backoff retryIgnorePreviousHosts }
    fault {
      delay { fixedDelay percent percentage { value } }
      abort { httpStatus grpcStatus percentage { value } }
    }
    headers ${EDITS}
    ${MIRROR} mirrors { ${DESTINATION} percentage { value } }
    mirrorPercent mirror_percent mirrorPercentage { value }
    corsPolicy { allowOrigin allowOrigins ${TEXT} allowMethods allowHeaders exposeHeaders maxAge
      allowCredentials unmatchedPreflights }
  }
  tls { match { sniHosts ${CONNECTIONS} } route { ${DESTINATION} weight } }
  tcp { match { ${CONNECTIONS} } route { ${DESTINATION} weight } }`,
);

/** The part of a policy that a port may have for itself. */
const PORT_POLICY = `
  tls {
    mode sni subjectAltNames caCertificates clientCertificate privateKey insecureSkipVerify
  }
  loadBalancer {
    simple(UNSPECIFIED|LEAST_CONN|RANDOM|ROUND_ROBIN|LEAST_REQUEST|PASSTHROUGH)
    consistentHash {
      httpHeaderName useSourceIp httpQueryParameterName httpCookie { name path ttl } minimumRingSize
      ringHash { minimumRingSize } maglev { tableSize }
    }
    localityLbSetting { enabled failoverPriority failover { from to } distribute { from to } }
  }
  connectionPool {
    tcp { connectTimeout maxConnections idleTimeout }
    http { http1MaxPendingRequests http2MaxRequests maxRetries maxRequestsPerConnection idleTimeout }
  }
  outlierDetection {
    consecutive5xxErrors consecutiveGatewayErrors interval baseEjectionTime maxEjectionPercent
    minHealthPercent splitExternalLocalOriginErrors consecutiveLocalOriginFailures
  }`;
const POLICY = `trafficPolicy { ${PORT_POLICY} portLevelSettings { port { number } ${PORT_POLICY} } }`;

const DESTINATION_RULES = executed(
  'DestinationRule',
  `host exportTo workloadSelector { matchLabels }
  ${POLICY}
  subsets { name labels ${POLICY} }`,
);

const GATEWAYS = executed(
  'Gateway',
  `selector
  servers { name hosts port { name number protocol } tls { mode(PASSTHROUGH|AUTO_PASSTHROUGH) } }`,
);

const SOURCES =
  'principals namespaces ipBlocks remoteIpBlocks notPrincipals notNamespaces notIpBlocks notRemoteIpBlocks';
const POLICIES = [
  executed(
    'AuthorizationPolicy',
    `${SELECTOR} action(ALLOW|DENY)
    rules {
      from { source { ${SOURCES} } }
      to { operation { hosts methods paths ports notHosts notMethods notPaths notPorts } }
      when { key values notValues }
    }`,
  ),
  executed(
    'AuthorizationPolicy',
    'rules { from { source { serviceAccounts notServiceAccounts trustDomains notTrustDomains } } }',
    'current',
  ),
  executed('PeerAuthentication', `${SELECTOR} mtls { mode } portLevelMtls { mode }`),
];

const SIDECARS = executed(
  'Sidecar',
  `workloadSelector { labels }
  egress { port { name number protocol } hosts }
  outboundTrafficPolicy { mode(ALLOW_ANY|REGISTRY_ONLY) }`,
);

const WORKLOAD = 'address ports labels network weight serviceAccount';
const ENTRIES = [
  executed(
    'ServiceEntry',
    `hosts addresses exportTo subjectAltNames
    ports { number name protocol targetPort }
    location(MESH_EXTERNAL|MESH_INTERNAL)
    resolution(NONE|STATIC|DNS|DNS_ROUND_ROBIN)
    endpoints { ${WORKLOAD} }
    workloadSelector { labels }`,
  ),
  executed('WorkloadEntry', WORKLOAD),
];

/** The kinds that are executed; of others nothing is. */
export const RESOURCE_RULES: readonly Rule[] = [
  VIRTUAL_SERVICES,
  DESTINATION_RULES,
  GATEWAYS,
  ...POLICIES,
  SIDECARS,
  ...ENTRIES,
];
