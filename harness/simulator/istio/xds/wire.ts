/**
 * How resources travel between istiod and a proxy. The framing is ours.
 *
 * One TLS connection to istiod's port 15012 (or 15010 without TLS), HTTP/1.1: `GET /v3/discovery` with
 * `Connection: Upgrade`, `Upgrade: mesh-harness-xds`, `Authorization: Bearer <token>` and `ClusterID: <cluster
 * id>`. istiod answers 101, and from then on both sides send one JSON message a line. The proxy sends a
 * `DiscoveryRequest` first (with its node), then one for each response: it acknowledges the response, or refuses
 * it with `errorDetail`. istiod pushes a `DiscoveryResponse` whenever something changes. A refused token gives
 * 401 with a JSON body `{ "message": "authentication failure" }`.
 */
import * as z from '../../../base/zod.ts';
import { readMessage } from './message.ts';
import { nodeSchema, type XdsNode } from './node.ts';
import { clusterSchema, endpointsSchema, listenerSchema, routesSchema } from './resource-schemas.ts';
import type { ResourceType, ResourceUpdate } from './resources.ts';

/** The path of the discovery stream. */
export const DISCOVERY_PATH = '/v3/discovery';
/** The protocol that both sides upgrade to. */
export const DISCOVERY_PROTOCOL = 'mesh-harness-xds';
/** The order in which a push sends the types: a proxy needs clusters before it can use what names them. */
export const PUSH_ORDER = ['cluster', 'endpoint', 'listener', 'route'] as const satisfies ResourceType[];
/** The services' names in metrics, logs and debug pages. */
export const SHORT_NAMES: Readonly<Record<ResourceType, string>> = {
  cluster: 'cds',
  endpoint: 'eds',
  listener: 'lds',
  route: 'rds',
};

/** A message of the proxy: it introduces itself, or answers a response. */
export interface DiscoveryRequest {
  readonly type: ResourceType | 'hello';
  /** In the first request (`hello`). */
  readonly node?: XdsNode | undefined;
  /** The version that the proxy runs after this: the response's, or the one before if it was refused. */
  readonly version?: string | undefined;
  readonly nonce?: string | undefined;
  readonly errorDetail?: { readonly message: string } | undefined;
}

/** A message of istiod: all resources of one type. */
export type DiscoveryResponse = ResourceUpdate & { readonly nonce: string };

const requestSchema: z.ZodType<DiscoveryRequest> = z.object({
  type: z.enum(['hello', ...PUSH_ORDER]),
  node: nodeSchema.optional(),
  version: z.string().optional(),
  nonce: z.string().optional(),
  errorDetail: z.object({ message: z.string() }).optional(),
});
const header = { version: z.string(), nonce: z.string() };
const responseSchema: z.ZodType<DiscoveryResponse> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cluster'), ...header, resources: z.array(clusterSchema) }),
  z.object({ type: z.literal('endpoint'), ...header, resources: z.array(endpointsSchema) }),
  z.object({ type: z.literal('listener'), ...header, resources: z.array(listenerSchema) }),
  z.object({ type: z.literal('route'), ...header, resources: z.array(routesSchema) }),
]);

/**
 * Reads a line that a proxy sent.
 * @throws Error that names what is wrong with it
 */
export const readDiscoveryRequest = (line: string): DiscoveryRequest =>
  readMessage(requestSchema, 'discovery request', line);

/**
 * Reads a line that istiod sent.
 * @throws Error that names what is wrong with it
 */
export const readDiscoveryResponse = (line: string): DiscoveryResponse =>
  readMessage(responseSchema, 'discovery response', line);

/** Returns the line of a request, with its line break. */
export const requestLine = (request: DiscoveryRequest): string => `${JSON.stringify(request)}\n`;

/**
 * Returns the line of a response, with its line break.
 * @param resources - JSON texts joined by commas: istiod encodes a resource once for all proxies that see it
 */
export const responseLine = (
  { type, version, nonce }: Pick<DiscoveryResponse, 'type' | 'version' | 'nonce'>,
  resources: string,
): string => `{"type":"${type}","version":"${version}","nonce":"${nonce}","resources":[${resources}]}\n`;
