/** Scenario names and paths of the command line → topologies. */
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import type { Topology } from '../model/topology.ts';
import { listScenarios, loadScenario, nameOfFile, parseScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/read-scenario.ts';
import { isAlike } from '../verify/survey/compare.ts';
import { readStandardInput, STANDARD_INPUT } from './standard-input.ts';

const folder = path.join(packageRoot(), 'scenarios');

/**
 * Loads a scenario for a command; `-` is the file on standard input.
 * @param signal - ends the wait for standard input
 * @throws HarnessError ERR_UNKNOWN_SCENARIO, ERR_UNREADABLE_FILE, ERR_INVALID_SCENARIO; the signal's reason
 */
export async function scenarioOf(nameOrPath: string, signal: AbortSignal): Promise<Scenario> {
  if (nameOrPath !== STANDARD_INPUT) return await loadScenario(nameOrPath, { folder });
  return parseScenario(nameFor(nameOrPath), await readStandardInput(signal), 'Standard input');
}

/**
 * Loads scenarios in the order given; `all` names the guide's.
 * @throws HarnessError ERR_USAGE if one is named twice, or two have the same name
 */
export async function scenariosOf(
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Scenario[]> {
  const wanted = await namesOf(names);
  assertOnce(wanted.map(name => (name === STANDARD_INPUT || !isPath(name) ? name : path.resolve(name))));
  const scenarios = await Promise.all(wanted.map(name => scenarioOf(name, signal)));
  assertOnce(scenarios.map(({ topology }) => topology.name));
  return scenarios;
}

/** Puts the names of the guide's scenarios in the place of `all`. */
export async function namesOf(names: readonly string[]): Promise<readonly string[]> {
  const all = names.includes('all') ? await listScenarios({ folder }) : [];
  return names.flatMap(name => (name === 'all' ? all : [name]));
}

/** Reports name a scenario once. @throws HarnessError ERR_USAGE */
function assertOnce(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new HarnessError('ERR_USAGE', `The scenario ${twice} is named twice.`, {
    hint: 'Name each once; `all` stands for the four of the guide. Files need names of their own.',
  });
}

const isPath = (name: string): boolean => /[/\\]|\.ya?ml$/.test(name);

/** Returns the name that a scenario has in reports, by how it is named on a command line. */
export const nameFor = (nameOrPath: string): string =>
  nameOrPath === STANDARD_INPUT ? 'standard-input' : nameOfFile(nameOrPath);

/** Finds the guide's scenario that a mesh is one of. @returns its name */
export async function nameOfLike(topology: Topology): Promise<string | undefined> {
  const names = await listScenarios({ folder });
  const known = await Promise.all(names.map(name => loadScenario(name, { folder })));
  return known.find(scenario => isAlike(scenario.topology, topology))?.topology.name;
}
