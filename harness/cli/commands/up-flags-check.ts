/** What can be wrong with the flags of `up` once the scenario is known. */
import { HarnessError } from '../../base/errors.ts';
import type { Topology } from '../../model/topology.ts';
import { LAST_PORT } from '../flag-values.ts';
import { STANDARD_INPUT } from '../standard-input.ts';
import type { UpFlags } from './up.flags.ts';

/** @throws HarnessError ERR_USAGE for too few ports, or what the process that stays cannot read */
export function assertUpFlags(scenario: string, { clusters }: Topology, flags: UpFlags): void {
  const { firstPort = 1, detach } = flags;
  const last = firstPort + clusters.length - 1;
  if (last > LAST_PORT)
    throw new HarnessError(
      'ERR_USAGE',
      `${clusters.length} clusters need the ports ${firstPort} to ${last}, and the last one is ${LAST_PORT}.`,
      { hint: `--first-port ${LAST_PORT - clusters.length + 1} or less.` },
    );
  if (scenario === STANDARD_INPUT && detach)
    throw new HarnessError('ERR_USAGE', 'A process in the background has no standard input.', {
      hint: 'Write the scenario to a file, and name that; or leave out --detach.',
    });
}
