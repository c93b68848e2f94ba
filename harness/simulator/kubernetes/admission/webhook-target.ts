/** Finds where a webhook is called: at a URL, or behind a Service. */
import type { Duplex } from 'node:stream';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import { isObject, type JsonObject, objectsOf, stringOf, valueAt } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { Store } from '../registry/store.ts';

/** Where a connection to a webhook goes, and what it asks for there. */
export interface Target {
  /** The name in the certificate. */
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** As in the error text: scheme, host and port. */
  readonly origin: string;
  /** Connects to a port of this machine; absent for a target in the virtual network. */
  readonly dial?: () => Duplex;
}

/** Connects to a port of the machine that the simulator runs on, or can reach, as `net.connect` does. */
export type HostDial = (host: string, port: number) => Duplex;

/** Where names of hosts and of Services are looked up. */
export interface Directory {
  readonly network: NetworkNamespace;
  readonly store: Store;
  readonly registry: ResourceRegistry;
  /** Absent: nothing but the virtual network can be reached. */
  readonly dialHost?: HostDial | undefined;
}

/** A webhook's URL, as error texts show it, with its target or with the reason why it has none. */
interface Located {
  readonly url: string;
  readonly target?: Target;
  /** Empty with a target. */
  readonly problem: string;
}

/**
 * Finds where to call a webhook.
 * @param clientConfig - the configuration's entry: a URL, or a Service
 * @param seconds - the timeout, which the URL carries
 */
export function locateWebhook(
  directory: Directory,
  clientConfig: Readonly<JsonObject>,
  seconds: number,
): Promise<Located> {
  const service = clientConfig['service'];
  return isObject(service)
    ? locateService(directory, service, seconds)
    : locateUrl(directory, stringOf(clientConfig['url']) ?? 'https://invalid', seconds);
}

/** This machine. On a node of the virtual network nobody listens there but the API server itself. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

async function locateUrl({ network, dialHost }: Directory, text: string, seconds: number): Promise<Located> {
  const url = new URL(text);
  const port = Number(url.port || 443);
  const shown = `${url.href}${url.search === '' ? '?' : '&'}timeout=${seconds}s`;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const path = url.pathname + url.search;
  const here = { serverName: name, host: name, port, path, origin: url.origin };
  if (dialHost && LOOPBACK.test(name))
    return { url: shown, target: { ...here, dial: () => dialHost(name, port) }, problem: '' };
  try {
    const [host = ''] = await network.resolve(name);
    const target = { ...here, host };
    return { url: shown, target, problem: '' };
  } catch {
    // Names that the virtual network does not know are those of the machine's own.
    if (dialHost) return { url: shown, target: { ...here, dial: () => dialHost(name, port) }, problem: '' };
    return { url: shown, problem: `dial tcp: lookup ${name}: no such host` };
  }
}

/** apiserver pkg/util/proxy/proxy.go, ResolveCluster. */
async function locateService(
  { network, store, registry }: Directory,
  service: JsonObject,
  seconds: number,
): Promise<Located> {
  const name = stringOf(service['name']) ?? '';
  const namespace = stringOf(service['namespace']) ?? '';
  const port = Number(service['port'] ?? 443);
  const serverName = `${name}.${namespace}.svc`;
  const origin = `https://${serverName}:${port}`;
  const path = stringOf(service['path']) ?? '/';
  const url = `${origin}${path}${path.includes('?') ? '&' : '?'}timeout=${seconds}s`;
  const found = store.get(registry.require('services'), namespace, name);
  if (!found) return { url, problem: `service ${JSON.stringify(name)} not found` };
  const clusterIP = stringOf(valueAt(found, 'spec', 'clusterIP')) ?? '';
  if (valueAt(found, 'spec', 'type') === 'ExternalName') {
    const external = stringOf(valueAt(found, 'spec', 'externalName')) ?? '';
    try {
      const [host = ''] = await network.resolve(external);
      return { url, target: { serverName, host, port, path, origin }, problem: '' };
    } catch {
      return { url, problem: `dial tcp: lookup ${external}: no such host` };
    }
  }
  if (clusterIP === '' || clusterIP === 'None') {
    return { url, problem: `cannot route to service with ClusterIP ${JSON.stringify(clusterIP)}` };
  }
  if (!objectsOf(valueAt(found, 'spec', 'ports')).some(entry => entry['port'] === port)) {
    return { url, problem: `no service port ${port} found for service ${JSON.stringify(name)}` };
  }
  return { url, target: { serverName, host: clusterIP, port, path, origin }, problem: '' };
}
