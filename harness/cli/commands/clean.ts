/** `mesh-harness clean` */
import { systemClock } from '../../base/clock.ts';
import { EXIT } from '../../base/errors.ts';
import { clean } from '../../platform/clean.ts';
import { stateFolder } from '../../process/folders.ts';
import type { Environment } from '../environment.ts';
import { removeLeftovers } from '../leftovers.ts';
import type { CleanFlags } from './clean.flags.ts';

export async function cleanCommand(flags: CleanFlags, { env, stdout, stderr }: Environment): Promise<number> {
  const { removed, running, left, failures } = await clean({
    state: stateFolder(env),
    clock: systemClock,
    cache: flags.cache,
    connect: async () => (await import('../../platform/kind/engine/connect.ts')).connectEngine(),
  });
  const leftovers = await removeLeftovers(env);
  for (const line of [...removed, ...leftovers]) stdout.write(`removed ${line}\n`);
  if (flags.cache) stdout.write('removed the cache of images\n');
  if (removed.length + leftovers.length === 0 && !flags.cache) stdout.write('There is nothing to remove.\n');
  for (const run of running) stdout.write(`left alone, since it goes on: run ${run}\n`);
  for (const each of left) stdout.write(`left alone, since it is someone else's: ${each}\n`);
  for (const failure of failures) stderr.write(`not removed: ${failure}\n`);
  return failures.length === 0 ? EXIT.passed : EXIT.unknown;
}
