/** The topology that `up` is asked for: that of a scenario, or one that is given. */
import { HarnessError } from '../base/errors.ts';
import type { Topology } from '../model/topology.ts';
import { loadScenario, type ScenarioFile, type ScenarioName } from './topologies.ts';

/** One of the two, as in the options of `up`. */
interface Asked {
  readonly scenario?: ScenarioName | ScenarioFile;
  readonly topology?: Topology;
}

/** @throws HarnessError ERR_USAGE for both or neither; those of loadScenario */
export async function topologyOf({ scenario, topology }: Asked): Promise<Topology> {
  if (topology !== undefined && scenario === undefined) return topology;
  if (topology === undefined && scenario !== undefined) return await loadScenario(scenario);
  throw new HarnessError(
    'ERR_USAGE',
    topology ? 'up got both a topology and a scenario.' : 'up got neither a scenario nor a topology.',
    { hint: "up({ scenario: … }), or up({ topology: await loadScenario('./my-mesh.yaml') })." },
  );
}
