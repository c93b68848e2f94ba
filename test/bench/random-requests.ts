/**
 * Sends many random sequences of requests to an opened world.
 *
 *   npm run random -- [--sequences 20000] [--seed TEXT] [--only INDEX]
 */
import { parseArgs } from 'node:util';
import { drive } from '../simulator/kubernetes/random-requests/drive.ts';
import type { Usage } from '../simulator/kubernetes/random-requests/world-process.ts';

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '20000' },
    seed: { type: 'string', default: 'random' },
    only: { type: 'string' },
  },
});
const figures = ({ cpuMs, rssBytes }: Usage): string =>
  `${(cpuMs / 1000).toFixed(1)} s of CPU, ${Math.round(rssBytes / 2 ** 20)} MB`;

try {
  const outcome = await drive({
    seed: values.seed,
    sequences: Number(values.sequences),
    ...(values.only !== undefined && { only: Number(values.only), onAnswer: line => console.log(line) }),
    onProgress: (done, usage) => console.log(`${done} sequences, ${figures(usage)}`),
  });
  const { requests, codes, created, events, pulse, restCpu, seconds, before, after } = outcome;
  const counts = (map: ReadonlyMap<string | number, number>): string =>
    [...map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, count]) => `${key} ${count}`)
      .join(', ');
  console.log(`${requests} requests in ${seconds.toFixed(1)} s; ${events} events of watches`);
  console.log(`answers: ${counts(codes)}`);
  console.log(`created: ${counts(created)}`);
  console.log(`longest of ${pulse.answers} answers: ${pulse.longestMs.toFixed(0)} ms`);
  if (pulse.longestMs > 500) console.log(`while:\n${pulse.during}`);
  console.log(`at rest: ${(restCpu * 100).toFixed(1)} % of a core`);
  console.log(`the world at first: ${figures(before)}; at the end: ${figures(after)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
