/** The page `/listeners`, as text and as JSON: those of the bootstrap, then those of istiod. */
import type { Envoy } from '../envoy.ts';
import { STATIC_LISTENERS } from './bootstrap.ts';
import { socketAddress } from './protobuf-json.ts';

/** @returns lines `0.0.0.0_5000::0.0.0.0:5000` */
export const listenersText = (envoy: Envoy): string =>
  listed(envoy)
    .map(({ name, address, port }) => `${name}::${address}:${port}\n`)
    .join('');

/** @returns `envoy.admin.v3.ListenerStatus` messages */
export const listenerStatuses = (envoy: Envoy) =>
  listed(envoy).map(({ name, address, port }) => ({ name, local_address: socketAddress(address, port) }));

/** What is listed as such: 1.8 has those with a socket only. */
function listed({ listeners, options }: Envoy) {
  const configs = listeners.map(({ config }) => config);
  if (!options.wording.pages.listsBootstrap) return configs.filter(({ bindToPort }) => bindToPort);
  return [...STATIC_LISTENERS.map(({ name, port }) => ({ name, address: '0.0.0.0', port })), ...configs];
}
