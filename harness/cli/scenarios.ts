/** Scenario names and paths of the command line → topologies. */
import path from 'node:path';
import { packageRoot } from '../base/package-root.ts';
import type { Topology } from '../model/topology.ts';
import { listScenarios, loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/read-scenario.ts';
import { isAlike } from '../verify/survey/compare.ts';

const folder = path.join(packageRoot(), 'scenarios');

/**
 * Loads a scenario for a command.
 * @throws HarnessError ERR_UNKNOWN_SCENARIO, ERR_UNREADABLE_FILE, ERR_INVALID_SCENARIO
 */
export const scenarioOf = (nameOrPath: string): Promise<Scenario> => loadScenario(nameOrPath, { folder });

/** Loads scenarios in the order given, each once; `all` names the guide's. */
export async function scenariosOf(names: readonly string[]): Promise<readonly Scenario[]> {
  const all = await listScenarios({ folder });
  const wanted = new Set(names.flatMap(name => (name === 'all' ? all : [name])));
  return await Promise.all([...wanted].map(scenarioOf));
}

/** Finds the guide's scenario that a mesh is one of. @returns its name */
export async function nameOfLike(topology: Topology): Promise<string | undefined> {
  const known = await scenariosOf(['all']);
  return known.find(scenario => isAlike(scenario.topology, topology))?.topology.name;
}
