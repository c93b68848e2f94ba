// Where the time of a run on kind goes, with stand-ins for the programs. Usage: npm run bench:kind
// `-- --against COMMIT` runs that commit's harness with the same stand-ins and times too, and says the ratio;
// `-- --only multi-primary` takes one scenario.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { kubernetesDescriptions } from '../../build-descriptions.mjs';
import { envoyDescriptors } from '../../build-descriptors.mjs';
import { checkOut, removeTree } from './other-tree.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = 0.75;
const { values } = parseArgs({ options: { against: { type: 'string' }, only: { type: 'string' } } });

/** Bundles the bench with the harness of a folder, and runs it. Returns the totals, and how it ended. */
async function runIn(root, totalsFile) {
  // Below node_modules, where packages are found and no one looks.
  const folder = path.join(root, 'node_modules', '.cache', 'mesh-harness-bench');
  const file = path.join(folder, `kind-${process.pid}.mjs`);
  mkdirSync(folder, { recursive: true });
  try {
    await build({
      entryPoints: [path.join(root, 'test', 'bench', 'kind-overhead.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      plugins: [envoyDescriptors, kubernetesDescriptions],
      outfile: file,
      logLevel: 'error',
    });
    const env = {
      ...process.env,
      BENCH_TOTALS: totalsFile,
      ...(values.only && { BENCH_SCENARIOS: values.only }),
    };
    const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit', env });
    return { status, totals: existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, 'utf8')) : {} };
  } finally {
    rmSync(file, { force: true });
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'mesh-harness-bench-'));
try {
  const own = await runIn(ROOT, path.join(folder, 'own.json'));
  process.exitCode = own.status ?? 1;
  if (values.against !== undefined) {
    const tree = path.join(folder, 'tree');
    checkOut(values.against, tree);
    try {
      // Its harness, and our stand-ins with their times.
      rmSync(path.join(tree, 'test'), { recursive: true });
      cpSync(path.join(ROOT, 'test'), path.join(tree, 'test'), { recursive: true });
      console.log(`\n${values.against}, with the same stand-ins:`);
      const other = await runIn(tree, path.join(folder, 'other.json'));
      console.log('');
      for (const [scenario, ms] of Object.entries(own.totals)) {
        const ratio = ms / other.totals[scenario];
        const isGood = ratio <= TARGET;
        if (!isGood) process.exitCode = 1;
        console.log(
          `${isGood ? '✓' : '✗'} ${scenario}: ${ratio.toFixed(2)} × of ${values.against} (${(ms / 1000).toFixed(1)} s of ${(other.totals[scenario] / 1000).toFixed(1)} s; target ${TARGET} ×)`,
        );
      }
    } finally {
      removeTree(tree);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
