/** Where a route of a VirtualService leads (networking.istio.io, Destination). */

/** Where a route leads; `port` absent: the service's only one, or the listener's. */
export interface Destination {
  readonly host: string;
  readonly port: number | undefined;
  readonly subset: string | undefined;
}
