/** Values that all clusters of a mesh share. */
import { NotAsked } from '../cluster-objects.ts';
import type { Installed } from '../installed.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, ok, reached } from './findings.ts';
import type { Finding } from './link.ts';

/** A value of each installation: its name for people, and how it is read. */
export interface SharedValue {
  readonly what: string;
  readonly read: (installed: Installed) => string | undefined;
  /** True if calls cross although the values differ. */
  readonly isHarmless?: boolean;
}

/** Compares a value between all clusters that tell it. */
export function sameEverywhere(chain: Chain, { what, read, isHarmless }: SharedValue): readonly Finding[] {
  const values = new Map<string, string[]>();
  for (const { name } of chain.topology.clusters) {
    const cluster = reached(chain, name);
    const value = cluster && read(cluster.installed);
    if (value !== undefined) values.set(value, [...(values.get(value) ?? []), name]);
  }
  if (values.size > 1) {
    const [[common], ...others] = [...values].sort(([, a], [, b]) => b.length - a.length) as [
      [string, string[]],
      ...[string, string[]][],
    ]; // two at least
    const told = [...values].map(([value, names]) => `${value} in ${names.join(' and ')}`).join(', ');
    return [
      broken(
        `the ${what} is ${told}`,
        others.flatMap(([, names]) => names.map(name => chain.steps.about('install', name))),
        {
          sentence: `The clusters have different ${what}s (${told}), where one mesh has one, ${common} here.`,
          ...(isHarmless && { isHarmless }),
        },
      ),
    ];
  }
  return eachOf(chain, chain.topology.clusters, ({ name, installed }) => {
    const value = read(installed);
    if (value === undefined) throw new NotAsked(`nothing in it tells its ${what}`);
    return ok(`${value} in ${name}`);
  });
}
