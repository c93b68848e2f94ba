/** Schemas of the resources: a proxy takes nothing from the wire that does not have these shapes. */
import * as z from '../../../base/zod.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  FilterChain,
  LbEndpoint,
  Listener,
  NetworkFilter,
  RouteConfiguration,
  UpstreamTls,
  VirtualHost,
} from './resources.ts';
import { RETRY_CONDITIONS, type RetryPolicy } from './retry-policy.ts';

const strings = z.array(z.string());

const endpoint: z.ZodType<LbEndpoint> = z.object({
  address: z.string(),
  port: z.number(),
  weight: z.number(),
  tlsMode: z.enum(['istio', 'disabled']),
});

/** Reads an EDS resource. */
export const endpointsSchema: z.ZodType<ClusterLoadAssignment> = z.object({
  clusterName: z.string(),
  endpoints: z.array(endpoint),
});

const upstreamTls: z.ZodType<UpstreamTls> = z.object({
  sni: z.string(),
  alpn: strings,
  matchSubjectAltNames: strings,
});

/** Reads a CDS resource. */
export const clusterSchema: z.ZodType<Cluster> = z.object({
  name: z.string(),
  type: z.enum(['EDS', 'STATIC', 'ORIGINAL_DST']),
  lbPolicy: z.enum(['ROUND_ROBIN', 'LEAST_REQUEST', 'CLUSTER_PROVIDED']),
  connectTimeoutMs: z.number(),
  loadAssignment: endpointsSchema.optional(),
  transportSocketMatches: z
    .array(
      z.object({
        name: z.string(),
        match: z.object({ tlsMode: z.literal('istio').optional() }),
        tls: upstreamTls.optional(),
      }),
    )
    .optional(),
});

const retryPolicy: z.ZodType<RetryPolicy> = z.object({
  numRetries: z.number(),
  retryOn: z.array(z.enum(RETRY_CONDITIONS)),
  retriableStatusCodes: z.array(z.number()),
  hostSelectionRetryMaxAttempts: z.number(),
});

const virtualHost: z.ZodType<VirtualHost> = z.object({
  name: z.string(),
  domains: strings,
  routes: z.array(
    z.object({
      match: z.object({ prefix: z.string() }),
      cluster: z.string(),
      timeoutMs: z.number(),
      retryPolicy: retryPolicy.optional(),
    }),
  ),
});

/** Reads an RDS resource. */
export const routesSchema: z.ZodType<RouteConfiguration> = z.object({
  name: z.string(),
  virtualHosts: z.array(virtualHost),
});

const statPrefix = z.string();
const filter: z.ZodType<NetworkFilter> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('http_connection_manager'),
    rds: z.string().optional(),
    routeConfig: routesSchema.optional(),
    statPrefix,
  }),
  z.object({ type: z.literal('tcp_proxy'), cluster: z.string(), statPrefix }),
  z.object({ type: z.literal('sni_cluster_tcp_proxy'), fallbackCluster: z.string(), statPrefix }),
]);

const filterChain: z.ZodType<FilterChain> = z.object({
  name: z.string().optional(),
  match: z
    .object({
      destinationPort: z.number().optional(),
      serverNames: strings.optional(),
      transportProtocol: z.enum(['tls', 'raw_buffer']).optional(),
      applicationProtocols: strings.optional(),
    })
    .optional(),
  downstreamTls: z.object({ alpn: strings }).optional(),
  filter,
});

/** Reads an LDS resource. */
export const listenerSchema: z.ZodType<Listener> = z.object({
  name: z.string(),
  address: z.string(),
  port: z.number(),
  bindToPort: z.boolean(),
  useOriginalDst: z.boolean().optional(),
  tlsInspector: z.boolean().optional(),
  httpInspector: z.boolean().optional(),
  filterChains: z.array(filterChain),
  defaultFilterChain: filterChain.optional(),
});
