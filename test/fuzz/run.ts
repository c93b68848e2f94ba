/**
 * Gives inputs by chance to the parts of ours that read what others have written.
 *
 *   npm run fuzz -- TARGET|all [--runs 100000] [--seed 1] [--show NUMBER]
 *
 * `--show` prints an input by its number, such as that of one that hangs.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fuzz, HANG_MS, inputAt } from './drive.ts';
import { TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string' },
  },
});
const [asked = ''] = positionals;
const wanted = TARGETS.filter(({ name }) => asked === 'all' || name === asked);
if (wanted.length === 0) {
  console.error('npm run fuzz -- TARGET [--runs N] [--seed N], where TARGET is all or one of:');
  for (const { name, what } of TARGETS) console.error(`  ${name.padEnd(16)} ${what}`);
  process.exit(2);
}
const seed = Number(values.seed);

/** The number of the input that is tried now; 0 between two targets. */
const current = new Int32Array(new SharedArrayBuffer(4));
/** Looks on from another thread, since an input that hangs keeps this one. */
const WATCHDOG = `
  const { workerData: { current, limitMs } } = require('node:worker_threads');
  let seen = 0, since = Date.now();
  setInterval(() => {
    if (current[0] !== seen || seen === 0) { seen = current[0]; since = Date.now(); return; }
    if (Date.now() - since < limitMs) return;
    require('node:fs').writeSync(2, 'input ' + seen + ' hangs (--show ' + seen + ' prints it)\\n');
    process.kill(process.pid, 'SIGKILL');
  }, 250);
`;
new Worker(WATCHDOG, { eval: true, workerData: { current, limitMs: HANG_MS } }).unref();

for (const target of wanted) {
  if (values.show !== undefined) {
    console.log(inputAt(target, Number(values.show), seed));
    continue;
  }
  const runs = Number(values.runs);
  const startedAt = performance.now();
  const { outcomes, slowestMs, failure } = await fuzz(target, {
    runs,
    seed,
    onRun: number => Atomics.store(current, 0, number),
  });
  Atomics.store(current, 0, 0);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${target.name}: ${runs} inputs in ${seconds} s, the slowest ${slowestMs.toFixed(1)} ms`);
  for (const [outcome, count] of [...outcomes].sort(([, one], [, other]) => other - one))
    console.log(`  ${String(count).padStart(8)}  ${outcome}`);
  if (failure === undefined) continue;
  console.log(failure);
  process.exitCode = 1;
}
