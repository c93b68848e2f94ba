/**
 * Runs the same seed again and again while other processes load the machine, on one or more Nodes, and
 * compares the reports byte for byte.
 *
 *   npm run determinism -- [--runs 20] [--node PATH]… [--edition NAME]… [--seed 7] [-- MORE ARGUMENTS OF
 *   mesh-harness run]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CLI = fileURLToPath(new URL('../../dist/mesh-harness.js', import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '7' },
    edition: { type: 'string', multiple: true, default: ['1.8', 'current'] },
    node: { type: 'string', multiple: true, default: [process.execPath] },
  },
  allowPositionals: true,
});
const what = positionals.length > 0 ? positionals : ['all'];

/** The report without what may differ, and what was said on standard error. */
async function runOnce(node, edition, folder) {
  const args = [
    CLI,
    'run',
    ...what,
    '--edition',
    edition,
    '--seed',
    values.seed,
    '--quiet',
    '--report-dir',
    folder,
  ];
  const child = spawn(node, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const { volatile: _, ...rest } = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'));
  return { code, stderr, report: JSON.stringify(rest, null, 2) };
}

function firstDifference(one, other) {
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${at + 1}:\n${lines.slice(Math.max(0, at - 8), at + 1).join('\n')}\n  and\n${others[at] ?? 'the end'}`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'mesh-harness-determinism-'));
const load = Array.from({ length: availableParallelism() }, () =>
  // It ends with this process, whatever becomes of it.
  spawn(
    process.execPath,
    [
      '-e',
      'process.stdin.on("close", () => process.exit()).resume(); setInterval(() => { const end = Date.now() + 50; while (Date.now() < end); }, 50)',
    ],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  ),
);
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.on('exit', () => {
  for (const child of load) child.kill();
  rmSync(folder, { recursive: true, force: true });
});
for (const edition of values.edition) {
  let first;
  for (let run = 1; run <= Number(values.runs); run++) {
    for (const node of values.node) {
      const seen = await runOnce(node, edition, path.join(folder, `${edition}-${run}`));
      first ??= seen;
      const wrong = [
        seen.report !== first.report && `another report, ${firstDifference(first.report, seen.report)}`,
        seen.code !== first.code && `exit code ${seen.code} instead of ${first.code}`,
        seen.stderr !== '' && `on standard error: ${seen.stderr}`,
      ].filter(Boolean);
      if (wrong.length > 0) process.exitCode = 1;
      console.log(`edition ${edition}, run ${run}, ${node}: ${wrong.join('\n') || 'the same report'}`);
    }
  }
}
process.exit();
