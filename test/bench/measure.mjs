// Measures a process from cold to its exit: the wall's time, the CPU of all its threads, its peak of memory.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CLI = path.join(ROOT, 'dist/mesh-harness.js');
export const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// Writes the peak memory of the process, and the CPU that all its threads took, beside its exit.
const probe = path.join(folder, 'probe.cjs');
writeFileSync(
  probe,
  `process.on('exit', () => require('node:fs').writeFileSync(process.env.BENCH_USAGE, JSON.stringify(process.resourceUsage())));`,
);

/**
 * Runs Node with these arguments. An exit code that is not among `codes` is an error.
 * @param cwd - the folder of the harness that is measured; this one by default
 */
export function measure(argv, codes = [0], cwd = ROOT) {
  return new Promise((resolve, reject) => {
    const usageFile = path.join(folder, 'usage.json');
    const start = process.hrtime.bigint();
    const child = spawn(process.execPath, ['--require', probe, ...argv], {
      cwd,
      env: { ...process.env, BENCH_USAGE: usageFile },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      if (!codes.includes(code)) {
        reject(new Error(`exit ${code}: ${argv.join(' ')}\n${stderr}`));
        return;
      }
      const usage = JSON.parse(readFileSync(usageFile, 'utf8'));
      const cpuSeconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
      resolve({ seconds, cpuSeconds, megabytes: usage.maxRSS / 1024, code });
    });
  });
}

export const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const FIGURES = ['seconds', 'cpuSeconds', 'megabytes'];

/** The median of each figure of several runs; undefined for those that the runs have not. */
export const medians = samples =>
  Object.fromEntries(
    FIGURES.filter(figure => samples.every(sample => sample[figure] !== undefined)).map(figure => [
      figure,
      median(samples.map(sample => sample[figure])),
    ]),
  );
