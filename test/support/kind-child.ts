/** Starts the kind platform as its arguments say, tells so on standard output, and waits to be killed. */
import { systemClock } from '../../harness/base/clock.ts';
import { type KindOptions, KindPlatform } from '../../harness/platform/kind/kind-platform.ts';
import { twoClusters } from './topologies.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as KindOptions; // written by the test
const started = await new KindPlatform(options).start(
  twoClusters(['network1', 'network2']),
  new AbortController().signal,
);
process.stdout.write('started\n');
systemClock.setTimeout(() => void started[Symbol.asyncDispose](), 600_000);
