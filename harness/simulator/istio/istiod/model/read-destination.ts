/** Reads where a route leads (networking.istio.io, Destination). */
import { tree } from '../../../../base/untyped.ts';
import { fullHost, text } from './config-fields.ts';
import type { Destination } from './destination.ts';
import type { Reading } from './reading.ts';

/** @param value - the destination itself */
export function readDestination({ namespace, domain }: Reading, value: unknown): Destination {
  const target = tree(value);
  const port = tree(target['port'])['number'];
  return {
    host: fullHost(text(target['host']) ?? '', namespace, domain),
    port: port === undefined ? undefined : Number(port),
    subset: text(target['subset']),
  };
}
