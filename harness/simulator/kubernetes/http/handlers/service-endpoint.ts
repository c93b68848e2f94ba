/** Which pod a request to a Service's `proxy` goes to: an endpoint, never the Service's own address. */

import type { JsonObject } from '../../registry/json.ts';
import { objectsOf, stringOf, valueAt } from '../../registry/json.ts';
import { ApiError } from '../../registry/status.ts';
import type { Environment } from '../environment.ts';

const unavailable = (message: string): ApiError => new ApiError(503, 'ServiceUnavailable', message);

/** Where a request goes. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * Finds a ready endpoint of a Service as the real server does, the first instead of a random one.
 * kubernetes/kubernetes pkg/registry/core/service/storage/storage.go, ResourceLocation @v1.32.0.
 * @param port - a port's name or number; empty: the port without a name
 * @param asked - the name as in the path, for the message: `web:http`
 * @throws ApiError 404 for no such Service, 503 for no such port or no endpoint
 */
export function endpointOf(
  { store, registry, objects }: Environment,
  service: { readonly namespace: string; readonly name: string; readonly port: string },
  asked: string,
): Endpoint {
  const { namespace, name } = service;
  const object = objects.get(registry.require('services'), namespace, name);
  const portName = portNameOf(object, name, service.port);
  const endpoints = store.get(registry.require('endpoints'), namespace, name);
  for (const subset of objectsOf(endpoints?.['subsets'])) {
    const port = objectsOf(subset['ports']).find(each => (stringOf(each['name']) ?? '') === portName);
    const address = objectsOf(subset['addresses'])
      .filter(each => isOfPod(each, name => store.get(registry.require('pods'), namespace, name)))
      .map(each => stringOf(each['ip']))[0];
    if (port && address !== undefined) return { address, port: Number(port['port']) };
  }
  const shown = objectsOf(endpoints?.['subsets']).length === 0 ? name : asked;
  throw unavailable(`no endpoints available for service ${JSON.stringify(shown)}`);
}

/** A number stands for the name of the port that has it. */
function portNameOf(service: JsonObject, name: string, port: string): string {
  if (!/^[+-]?\d+$/.test(port)) return port;
  const found = objectsOf(valueAt(service, 'spec', 'ports')).find(each => each['port'] === Number(port));
  if (!found) throw unavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
  return stringOf(found['name']) ?? '';
}

/** An address without a pod that has it is passed over. */
function isOfPod(address: JsonObject, podOf: (name: string) => JsonObject | undefined): boolean {
  if (valueAt(address, 'targetRef', 'kind') !== 'Pod') return false;
  const pod = podOf(stringOf(valueAt(address, 'targetRef', 'name')) ?? '');
  return objectsOf(valueAt(pod, 'status', 'podIPs')).some(({ ip }) => ip === address['ip']);
}
