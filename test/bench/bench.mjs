// The figures of docs/performance.md: ratios within one run, medians of several rounds, rounds interleaved.
// Usage: npm run bench [-- --rounds N] [--only NAME,NAME] [--json]
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { kubernetesDescriptions } from '../../build-descriptions.mjs';
import { envoyDescriptors } from '../../build-descriptors.mjs';
import { measureDiagnose, measureMatrix } from './diagnoses.mjs';
import { GUIDE_SUBJECTS, measureGuide } from './guide.mjs';
import { CLI, folder, measure, median, ROOT } from './measure.mjs';

const value = name =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const rounds = Number(value('--rounds') ?? 5);
const only = value('--only')?.split(',');
const isWanted = name => !only || only.includes(name);

/** A mesh of n primaries on one network, each watching all others. */
function meshOf(n) {
  const file = path.join(folder, `mesh-${n}.yaml`);
  const clusters = Array.from(
    { length: n },
    (_, i) => `  - { name: cluster${i + 1}, network: network1, role: primary }`,
  ).join('\n');
  writeFileSync(file, `meshID: mesh1\nnetworks:\n  - name: network1\nclusters:\n${clusters}\n`);
  return file;
}

const run = (...scenarios) => [
  CLI,
  'run',
  ...scenarios,
  '--quiet',
  '--report-dir',
  path.join(folder, 'report'),
];
const FEW_REQUESTS = ['--risk', '0.3'];
const subjects = {
  'import client-node': { argv: ['-e', "import('@kubernetes/client-node')"] },
  'one scenario': { argv: run('primary-remote-multi-network') },
  'all four': { argv: run('all') },
  // A healthy share of a twentieth is told from a poor one by thousands of requests; what is measured here is
  // the mesh, not them.
  '5 clusters': { argv: [...run(meshOf(5)), ...FEW_REQUESTS], rounds: 1 },
  '10 clusters': { argv: [...run(meshOf(10)), ...FEW_REQUESTS], rounds: 1 },
  '20 clusters': { argv: [...run(meshOf(20)), ...FEW_REQUESTS], rounds: 1 },
};

const results = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, { argv, rounds: most = rounds }] of Object.entries(subjects)) {
    if (round >= most || !isWanted(name)) continue;
    results[name] ??= [];
    results[name].push(await measure(argv));
  }
}

/** Figures of one API server: a program of its own, which is bundled first. */
async function measureApi() {
  const outfile = path.join(ROOT, 'node_modules/.cache/mesh-harness-bench', `api-${process.pid}.mjs`);
  process.on('exit', () => rmSync(outfile, { force: true }));
  const entryPoints = [path.join(ROOT, 'test/bench/api.ts')];
  await build({
    entryPoints,
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
    Object.keys(samples[0]).map(name => [name, median(samples.map(sample => sample[name]))]),
  );
}

if (isWanted('diagnose'))
  for (const [name, samples] of Object.entries(await measureDiagnose(rounds)))
    results[name] = [...(results[name] ?? []), ...samples];
if (isWanted('guide')) Object.assign(results, await measureGuide(rounds));
const matrix = isWanted('matrix') ? await measureMatrix() : undefined;
const summary = Object.fromEntries(
  Object.entries(results).map(([name, samples]) => [
    name,
    {
      seconds: median(samples.map(s => s.seconds)),
      cpuSeconds: median(samples.map(s => s.cpuSeconds)),
      megabytes: Math.max(...samples.map(s => s.megabytes)),
    },
  ]),
);
const api = isWanted('api') ? await measureApi() : undefined;
const ratio = (one, other, measure = 'seconds') =>
  summary[one] && summary[other] ? summary[one][measure] / summary[other][measure] : undefined;
const budgets = [
  [
    'one scenario, cold process to exit, against importing client-node',
    ratio('one scenario', 'import client-node'),
    4,
  ],
  ['all four in one process, against one', ratio('all four', 'one scenario'), 3],
  ['peak memory of one scenario, MB', summary['one scenario']?.megabytes, 250],
  ['20 clusters, seconds', summary['20 clusters']?.seconds, 10],
  ['20 clusters, peak memory, MB', summary['20 clusters']?.megabytes, 1024],
  ['diagnose on healthy clusters, against importing client-node', ratio('diagnose', 'import client-node'), 2],
  [
    'diagnose where packets vanish, seconds more than on a healthy mesh',
    summary.diagnose && summary['diagnose, lost packets'].seconds - summary.diagnose.seconds,
    3,
  ],
  ...GUIDE_SUBJECTS.map(([parser, linter]) => [
    `${linter} of 5,000 lines, against the Markdown parser alone, in CPU`,
    ratio(linter, parser, 'cpuSeconds'),
    2,
  ]),
  ['matrix of a scenario, against its cases one by one', matrix && matrix.seconds / matrix.oneByOne, 0.5],
].filter(([, measured]) => measured !== undefined);

if (process.argv.includes('--json'))
  console.log(
    JSON.stringify(
      { node: process.version, cpus: os.cpus().length, rounds, summary, matrix, api, budgets },
      null,
      2,
    ),
  );
else {
  console.log(
    `Node ${process.version}, ${os.cpus().length} cores, median of ${rounds} rounds (large meshes: one)\n`,
  );
  for (const [name, { seconds, cpuSeconds, megabytes }] of Object.entries(summary))
    console.log(
      `${name.padEnd(24)} ${seconds.toFixed(2).padStart(7)} s ${cpuSeconds.toFixed(2).padStart(7)} s CPU ${megabytes.toFixed(0).padStart(6)} MB`,
    );
  if (matrix)
    console.log(
      `matrix, ${matrix.attempts} attempts: ${matrix.seconds.toFixed(1)} s; ` +
        `one by one ${matrix.oneByOne.toFixed(1)} s, from a sample`,
    );
  // Beside others on the machine the CPU tells more than the clock on the wall.
  const cpuRatio = ratio('one scenario', 'import client-node', 'cpuSeconds');
  if (cpuRatio !== undefined)
    console.log(
      `\none scenario against importing client-node, in CPU of all threads: ${cpuRatio.toFixed(2)}`,
    );
  console.log('');
  for (const [what, measured, budget] of budgets)
    console.log(`${measured <= budget ? '✓' : '✗'} ${what}: ${measured.toFixed(2)} (budget ${budget})`);
  if (api) console.log('\nOne API server, over TLS on loopback');
  for (const [name, figure] of Object.entries(api ?? {}))
    console.log(`${name.padEnd(44)} ${figure.toFixed(1).padStart(10)}`);
}
