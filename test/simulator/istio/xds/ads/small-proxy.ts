/** A proxy that keeps bodies, refuses what it is told to refuse, and needs what bodies name. */

import type { AdsClientOptions } from '../../../../../harness/simulator/istio/xds/ads/client-stream.ts';
import type { Resource } from '../../../../../harness/simulator/istio/xds/ads/messages.ts';
import type { AdsUpdate, Reference } from '../../../../../harness/simulator/istio/xds/ads/subscription.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { type Short, shortOf } from './small-mesh.ts';

/**
 * What a name needs: cluster `a:e1:e2` needs endpoints e1 and e2, listener `l:r1` needs routes r1. What comes
 * after a full stop is only there to tell names apart.
 */
export function referencesOf(typeUrl: string, { body }: Resource<string>): readonly Reference[] {
  const [name = ''] = body.split('@');
  const [, ...needed] = name.split(':');
  const child = { [TYPE_URLS.cds]: TYPE_URLS.eds, [TYPE_URLS.lds]: TYPE_URLS.rds }[typeUrl];
  return child === undefined ? [] : needed.map(each => ({ typeUrl: child, name: each }));
}

export class SmallProxy {
  /** Type → name → body. */
  readonly runs = new Map<Short, Map<string, string>>();
  /** `eds a`: told in the last refused response that told of it. */
  readonly refused = new Set<string>();
  readonly dropped: string[] = [];
  /** Says why an update is refused. */
  fault: () => string | undefined = () => undefined;

  of(short: Short): Map<string, string> {
    const known = this.runs.get(short) ?? new Map<string, string>();
    this.runs.set(short, known);
    return known;
  }

  readonly options: AdsClientOptions<string> = {
    node: { id: 'me', metadata: {}, labels: {} },
    apply: (typeUrl, update) => this.#apply(shortOf(typeUrl), update),
    references: referencesOf,
    onDropped: (typeUrl, names) => {
      const short = shortOf(typeUrl);
      this.dropped.push(...names.map(name => `${short} ${name}`));
      for (const name of names) {
        this.of(short).delete(name);
        this.refused.delete(`${short} ${name}`);
      }
    },
  };

  #apply(short: Short, { resources, removed }: AdsUpdate<string>): string | undefined {
    const fault = this.fault();
    for (const name of [...resources.map(each => each.name), ...removed]) {
      if (fault === undefined) this.refused.delete(`${short} ${name}`);
      else this.refused.add(`${short} ${name}`);
    }
    if (fault !== undefined) return fault;
    for (const { name, body } of resources) this.of(short).set(name, body);
    for (const name of removed) this.of(short).delete(name);
    return undefined;
  }
}
