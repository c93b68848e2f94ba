/** Topologies of a program: of the guide's scenarios, of files, or written in its own text. */
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import type { Topology } from '../model/topology.ts';
import { loadScenario as loadScenarioFrom } from '../scenario/load.ts';
import { readScenario } from '../scenario/read-scenario.ts';

/** The guide's four scenarios. */
export type ScenarioName =
  | 'multi-primary'
  | 'multi-primary-multi-network'
  | 'primary-remote'
  | 'primary-remote-multi-network';

/** The path of a scenario's file: with a slash, or with the ending of YAML. */
export type ScenarioFile = `${string}/${string}` | `${string}.yaml` | `${string}.yml`;

/**
 * Loads the topology of a scenario.
 * @param nameOrPath - one of the guide's four (`multi-primary`), or the path of a file of your own
 *   (`./my-mesh.yaml`)
 * @throws HarnessError ERR_UNKNOWN_SCENARIO, ERR_UNREADABLE_FILE, or ERR_INVALID_SCENARIO with every problem
 *   of the file
 */
export async function loadScenario(nameOrPath: ScenarioName | ScenarioFile): Promise<Topology> {
  const { topology } = await loadScenarioFrom(nameOrPath, { folder: path.join(packageRoot(), 'scenarios') });
  return topology;
}

/**
 * Makes a topology of what stands in a scenario's file, as an object: `{ meshID, networks, clusters }`.
 * docs/scenarios.md tells the keys, and what is filled in.
 * @param name - of the topology, in reports
 * @throws HarnessError ERR_INVALID_SCENARIO with every problem
 */
export function makeTopology(name: string, content: unknown): Topology {
  const result = readScenario(name, content);
  if (!('problems' in result)) return result.scenario.topology;
  const { problems } = result;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  throw new HarnessError(
    'ERR_INVALID_SCENARIO',
    `The topology ${name} has ${count}:\n${problems.map(line => `  ${line}`).join('\n')}`,
    { hint: 'docs/scenarios.md tells the keys.' },
  );
}
