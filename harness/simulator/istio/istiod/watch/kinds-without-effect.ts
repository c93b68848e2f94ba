/** Resources of kinds that nobody executes: istiod watches them to tell of each in its log when it comes. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Log } from '../../log.ts';
import type { Edition } from '../../registry/names.ts';
import { adviceOn } from '../model/advice.ts';
import { kindsWithoutEffect } from '../model/not-simulated.ts';
import { Informer, type InformerOptions } from './informer.ts';

/** Whose resources to watch, and whom to tell. */
interface Watching extends Pick<InformerOptions<true>, 'client' | 'clock' | 'random' | 'signal'> {
  readonly log: Log;
}

/** Starts to watch the kinds of a release, and namespaces for their labels; ends with the signal. */
export function watchKindsWithoutEffect(options: Watching, edition: Edition): void {
  const { client, clock, random, signal, log } = options;
  const keep = (object: KubernetesObject): true => {
    for (const sentence of adviceOn(edition, object)) log.warn(sentence);
    return true;
  };
  const namespaces = { apiVersion: 'v1', plural: 'namespaces', kind: 'Namespace' };
  for (const { apiVersion, plural, kind } of [...kindsWithoutEffect(edition), namespaces])
    new Informer<true>({
      client,
      path: { apiVersion, plural },
      clock,
      random: random.stream(`without-effect/${plural}`),
      signal,
      // Objects of a list have no kind of their own.
      keep: object => keep({ ...object, apiVersion, kind }),
      onChange: () => {},
      kind,
    });
}
