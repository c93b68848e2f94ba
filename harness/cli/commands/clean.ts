/** `mesh-harness clean` */
import { systemClock } from '../../base/clock.ts';
import { EXIT } from '../../base/errors.ts';
import { clean } from '../../platform/clean.ts';
import { stateFolder } from '../../process/folders.ts';
import type { Environment } from '../environment.ts';
import { removeLeftovers } from '../leftovers.ts';
import { cleanReports } from '../report-folder.ts';
import { createScreen } from '../terminal/screen.ts';
import type { CleanFlags } from './clean.flags.ts';

export async function cleanCommand(flags: CleanFlags, environment: Environment): Promise<number> {
  const { result, progress } = createScreen(environment);
  const { removed, running, left, failures } = await clean({
    state: stateFolder(environment.env),
    clock: systemClock,
    cache: flags.cache,
    connect: async () => (await import('../../platform/kind/engine/connect.ts')).connectEngine(),
  });
  const leftovers = await removeLeftovers(environment.env);
  const reports = await cleanReports(flags.reports);
  const gone = [
    ...removed,
    ...leftovers,
    ...(flags.cache ? ['the cache of images'] : []),
    ...reports.removed,
  ];
  for (const line of gone) result(`removed ${line}`);
  if (gone.length === 0) result('There is nothing to remove.');
  for (const line of reports.left) result(line);
  for (const run of running) result(`left alone, since it goes on: run ${run}`);
  for (const each of left) result(`left alone, since it is someone else's: ${each}`);
  const open = [...failures, ...reports.failures];
  for (const failure of open) progress(`not removed: ${failure}`);
  return open.length === 0 ? EXIT.passed : EXIT.unknown;
}
