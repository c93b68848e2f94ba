/** Resources of kinds that nobody executes: istiod watches them to tell of each in its log when it comes. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Log } from '../../log.ts';
import type { Edition } from '../../registry/names.ts';
import { kindsWithoutEffect, notSimulatedIn } from '../model/not-simulated.ts';
import { Informer, type InformerOptions } from './informer.ts';

/** Whose resources to watch, and whom to tell. */
interface Watching extends Pick<InformerOptions<true>, 'client' | 'clock' | 'random' | 'signal'> {
  readonly log: Log;
  readonly domain: string;
}

/** Starts to watch the kinds of a release; ends with the signal of the options. */
export function watchKindsWithoutEffect(options: Watching, edition: Edition): void {
  const { client, clock, random, signal, log, domain } = options;
  const keep = (object: KubernetesObject): true => {
    for (const sentence of notSimulatedIn(object, domain, edition)) log.warn(sentence);
    return true;
  };
  for (const { apiVersion, plural, kind } of kindsWithoutEffect(edition))
    new Informer<true>({
      client,
      path: { apiVersion, plural },
      clock,
      random: random.stream(`without-effect/${plural}`),
      signal,
      // Objects of a list have no kind of their own.
      keep: object => keep({ ...object, kind }),
      onChange: () => {},
      kind,
    });
}
