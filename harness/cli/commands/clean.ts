/** `mesh-harness clean` */
import { systemClock } from '../../base/clock.ts';
import { EXIT } from '../../base/errors.ts';
import { clean } from '../../platform/clean.ts';
import { stateFolder } from '../../process/folders.ts';
import type { Environment } from '../environment.ts';
import { removeLeftovers } from '../leftovers.ts';
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
  for (const line of [...removed, ...leftovers]) result(`removed ${line}`);
  if (flags.cache) result('removed the cache of images');
  if (removed.length + leftovers.length === 0 && !flags.cache) result('There is nothing to remove.');
  for (const run of running) result(`left alone, since it goes on: run ${run}`);
  for (const each of left) result(`left alone, since it is someone else's: ${each}`);
  for (const failure of failures) progress(`not removed: ${failure}`);
  return failures.length === 0 ? EXIT.passed : EXIT.unknown;
}
