/** The `proxy` subresource of pods and services: an HTTP request, handed on to them. */

import http from 'node:http';
import { dialText } from '../../../../base/go-errors.ts';
import { objectsOf, stringOf, valueAt } from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, notSimulated } from '../../registry/status.ts';
import { sendHead } from '../answer-head.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';
import { type Endpoint, endpointOf } from './service-endpoint.ts';

/** `name`, `name:port` or `scheme:name:port`. */
function parseName(text: string): { readonly scheme: string; readonly name: string; readonly port: string } {
  const parts = text.split(':');
  const [scheme = '', name = '', port = ''] =
    parts.length === 3 ? parts : ['', parts[0] ?? '', parts[1] ?? ''];
  if (name === '') throw badRequest(`invalid pod request ${JSON.stringify(text)}`);
  return { scheme, name, port };
}

const unavailable = (message: string): ApiError =>
  new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${message}`, { causes: [] });

/** Finds the target of the request. @throws ApiError 404, 503 */
function locate(environment: Environment, type: ResourceType, namespace: string, text: string): Endpoint {
  const { scheme, name, port } = parseName(text);
  if (scheme === 'https') throw notSimulated(`${keyOf(type)}/proxy over HTTPS`);
  if (keyOf(type) === 'services') return endpointOf(environment, { namespace, name, port }, text);
  const pod = environment.objects.get(type, namespace, name);
  const address = stringOf(valueAt(pod, 'status', 'podIP')) ?? '';
  if (address === '') throw new ApiError(503, 'ServiceUnavailable', 'address not allowed');
  const first = objectsOf(valueAt(pod, 'spec', 'containers')).flatMap(container =>
    objectsOf(container['ports']),
  )[0];
  return { address, port: port === '' ? Number(first?.['containerPort'] ?? 80) : Number(port) };
}

/**
 * Headers of one connection, which no proxy hands on (Go net/http/httputil/reverseproxy.go), and those that
 * are for the API server alone.
 */
const NOT_HANDED_ON: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Leaves out what is not handed on, and the pseudo-headers of HTTP/2. */
const handedOn = (headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !NOT_HANDED_ON.has(name)),
  );

/** Forwards a request to a pod or a Service over the cluster's network. */
export async function handleProxy(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, response } = call;
  if (keyOf(type) !== 'pods' && keyOf(type) !== 'services') throw notSimulated(`${keyOf(type)}/proxy`);
  const { address, port } = locate(environment, type, info.namespace, info.name);
  const search = info.query.toString();
  const rest = info.rest.split('/').map(encodeURIComponent).join('/');
  const path = `/${rest}${search === '' ? '' : `?${search}`}`;
  if (!(port >= 1 && port <= 65_535)) throw unavailable(`dial tcp: address ${port}: invalid port`);
  await new Promise<void>((resolve, reject) => {
    const onward = http.request({
      method: request.method,
      path,
      headers: { ...handedOn(request.headers), host: `${address}:${port}` },
      // Without an agent, `false` included: any agent would dial for itself.
      createConnection: () => environment.network.connect(address, port),
    });
    onward.on('response', answer => {
      sendHead(call, answer.statusCode ?? 502, handedOn(answer.headers));
      answer.pipe(response);
      answer.on('end', resolve);
      answer.on('error', reject);
    });
    onward.on('error', error => reject(unavailable(dialText(`${address}:${port}`, error))));
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
}
