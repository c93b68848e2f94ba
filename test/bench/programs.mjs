// Programs of the bench that measure themselves: bundled first, and run as processes of their own.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { median, ROOT } from './measure.mjs';

/**
 * Runs a program of this folder several times.
 * @returns the median of each figure that it prints as JSON
 */
export async function figuresOf(name, rounds) {
  const { build } = await import('esbuild');
  const { kubernetesDescriptions } = await import('../../build-descriptions.mjs');
  const { envoyDescriptors } = await import('../../build-descriptors.mjs');
  const outfile = path.join(ROOT, 'node_modules/.cache/mesh-harness-bench', `${name}-${process.pid}.mjs`);
  process.on('exit', () => rmSync(outfile, { force: true }));
  await build({
    entryPoints: [path.join(ROOT, 'test/bench', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [envoyDescriptors, kubernetesDescriptions],
  });
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', outfile], { cwd: ROOT });
    samples.push(JSON.parse(stdout));
  }
  return Object.fromEntries(
    Object.keys(samples[0]).map(figure => [figure, median(samples.map(sample => sample[figure]))]),
  );
}

/** Minutes until an API server has forgotten the changes that it keeps for watches, as a real one does. */
const FORGOTTEN_MINUTES = 11;

/** What clusters that are up hold before and after much work. @returns samples of one run, by subject */
export async function heldByUp(minutes = FORGOTTEN_MINUTES) {
  const argv = ['--import=./test/support/loader.mjs', 'test/bench/up.ts', '--minutes', `${minutes}`];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: ROOT });
  const { before, after } = JSON.parse(stdout);
  return {
    'up, heap before': [{ megabytes: before.heap }],
    'up, heap after': [{ megabytes: after.heap }],
    'up, process before': [{ megabytes: before.rss }],
    'up, process after': [{ megabytes: after.rss }],
  };
}
