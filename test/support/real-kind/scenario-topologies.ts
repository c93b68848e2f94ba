/** The topologies of all scenarios that come with the harness. */
import { join } from 'node:path';
import { packageRoot } from '../../../harness/base/package-root.ts';
import type { Topology } from '../../../harness/model/topology.ts';
import { listScenarios, loadScenario } from '../../../harness/scenario/load.ts';

export async function scenarioTopologies(): Promise<readonly Topology[]> {
  const folder = join(packageRoot(), 'scenarios');
  const names = await listScenarios({ folder });
  return await Promise.all(names.map(async name => (await loadScenario(name, { folder })).topology));
}
