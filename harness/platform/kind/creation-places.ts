/** The places in which a run's clusters are made, by what its machine bears. */
import { readFileSync } from '../../base/disk/disk.ts';
import { Places } from '../../base/places.ts';
import { loadOf, paceOf } from './creation-pace.ts';
import type { RunContext } from './options.ts';
import { isInMachine } from './preflight.ts';

/** Makes the places for a run's clusters, and tells the user if they are fewer than the clusters. */
export async function placesFor({ engine, topology, options, tell }: RunContext): Promise<Places> {
  if (options.createAtOnce !== undefined) return new Places(options.createAtOnce);
  const info = await engine.info();
  // The load of a virtual machine's guest can not be read from outside.
  const load = isInMachine(info) ? undefined : loadOf(() => readFileSync('/proc/loadavg', 'utf8'));
  const clusters = topology.clusters.length;
  const { atOnce, because } = paceOf({ ...info, load }, clusters);
  if (because !== undefined)
    tell(`${because}: ${atOnce} of ${clusters} clusters at a time, the next when an API server answers`);
  return new Places(atOnce);
}
