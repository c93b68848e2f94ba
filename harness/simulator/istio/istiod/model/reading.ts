/** What the readers of one resource share. */
import { texts, type Unsupported } from './config-fields.ts';

/** The resource that is being read. */
export interface Reading {
  readonly namespace: string;
  readonly domain: string;
  readonly unsupported: Unsupported;
}

/** Completes the names of Gateways; `mesh` stands for all sidecars. */
export function gatewayKeys({ namespace }: Reading, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return texts(value).map(name => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));
}
