// The figures of docs/performance.md against the budgets of budgets.mjs: rounds interleaved, medians of each.
//
//   npm run bench -- [--rounds 5] [--only NAME,NAME] [--against COMMIT] [--by wall|cpu] [--json]
//
// --only: names of subjects; what they are compared with is measured too. Groups: diagnose, guide, matrix, api,
// and up, which takes 25 minutes.
// --against: a commit, or a folder where one is built: its harness is measured in the same rounds.
// --by cpu: on a machine that others use; of what several cores are for, the wall's clock tells all the same.
// --list: what would be measured. --from FILE: judges what --json has printed.
// Ends with 1 above a budget, but in CI (CI is set), whose machines have other work.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judged, SUBJECTS, wantedOf } from './budgets.mjs';
import { CLI, folder, measure, medians, ROOT } from './measure.mjs';
import { meshFile } from './meshes.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    against: { type: 'string' },
    by: { type: 'string', default: 'wall' },
    from: { type: 'string' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const wanted = wantedOf(values.only?.split(','));
const isWanted = name => wanted === undefined || wanted.has(name);
const by = values.by === 'cpu' ? 'cpuSeconds' : 'seconds';
const chosen = Object.entries(SUBJECTS).filter(([name]) => isWanted(name));

/** The arguments of Node for a subject. @param report - a folder of its own for each harness */
function argvOf({ node, cli }, file, report) {
  if (node) return node;
  const argv = cli.map(part => (typeof part === 'string' ? part : meshFile(folder, part.mesh)));
  return [file, ...argv, ...(cli[0] === 'run' ? ['--quiet', '--report-dir', path.join(folder, report)] : [])];
}

/** Measures all subjects in turns. @returns samples of ours, and of the other harness if there is one */
async function measureSubjects(other) {
  const samples = {};
  const others = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, subject] of chosen) {
      if (round >= Math.ceil(rounds / (subject.share ?? 1))) continue;
      process.stderr.write(`round ${round + 1}: ${name}\n`);
      samples[name] ??= [];
      samples[name].push(await measure(argvOf(subject, CLI, 'report'), subject.codes, ROOT));
      if (!other || subject.node) continue;
      others[name] ??= [];
      others[name].push(await measure(argvOf(subject, other.cli, 'other-report'), subject.codes, other.root));
    }
  }
  return { samples, others };
}

/** Measures what has a program of its own, as far as it is wanted. */
async function measureGroups(samples) {
  if (isWanted('diagnose')) {
    const { measureDiagnose } = await import('./diagnoses.mjs');
    for (const [name, more] of Object.entries(await measureDiagnose(rounds)))
      samples[name] = [...(samples[name] ?? []), ...more];
  }
  if (isWanted('guide')) {
    const { measureGuide } = await import('./guide.mjs');
    Object.assign(samples, await measureGuide(rounds));
  }
  if (isWanted('matrix')) {
    const { measureMatrix } = await import('./diagnoses.mjs');
    const { seconds, oneByOne } = await measureMatrix();
    samples.matrix = [{ seconds }];
    samples['cases one by one'] = [{ seconds: oneByOne }];
  }
  const { figuresOf, heldByUp } = await import('./programs.mjs');
  if (isWanted('up')) Object.assign(samples, await heldByUp());
  if (!isWanted('api')) return undefined;
  return await figuresOf('api', rounds);
}

async function measureAll() {
  const { commandLineOf } = await import('./other-tree.mjs');
  const other = values.against && commandLineOf(values.against, path.join(folder, 'tree'));
  try {
    const { samples, others } = await measureSubjects(other);
    const api = await measureGroups(samples);
    const each = all => Object.fromEntries(Object.entries(all).map(([name, runs]) => [name, medians(runs)]));
    const ended = Object.entries(others).flatMap(([name, runs]) =>
      runs.some(({ code }) => code === 3) ? [name] : [],
    );
    for (const [name, runs] of Object.entries(samples))
      if (runs.some(({ code }) => code === 3)) throw new Error(`${name} ended unknown`);
    return {
      node: process.version,
      cpus: os.cpus().length,
      load: os.loadavg()[0],
      rounds,
      figures: each(samples),
      ...(other && { against: values.against, others: each(others), ended }),
      api,
    };
  } finally {
    if (other) other.remove();
  }
}

const cell = (value, unit, digits = 2) =>
  `${value === undefined ? '–' : value.toFixed(digits)} ${unit}`.padStart(11);
const line = (name, { seconds, cpuSeconds, megabytes }) =>
  `${name.padEnd(26)}${cell(seconds, 's')}${cell(cpuSeconds, 's CPU')}${cell(megabytes, 'MB', 0)}`;

function print({ node, cpus, load, rounds: taken, figures, others, ended = [], against, api }, rows) {
  console.log(
    `Node ${node}, ${cpus} cores, load average ${load.toFixed(1)}, medians of ${taken} rounds or a share\n`,
  );
  for (const [name, figure] of Object.entries(figures)) {
    console.log(line(name, figure));
    if (others?.[name])
      console.log(`${line(`  ${against}`, others[name])}${ended.includes(name) ? '  ended unknown' : ''}`);
  }
  console.log('');
  for (const { what, measured, must, aim } of rows) {
    const mark = measured <= must ? '✓' : '✗';
    const limits = aim === undefined ? `must ${must}` : `must ${must}, aim ${aim}`;
    console.log(`${mark} ${what}: ${measured.toFixed(2)} (${limits})`);
  }
  if (api) console.log('\nOne API server, over TLS on loopback');
  for (const [name, figure] of Object.entries(api ?? {}))
    console.log(`${name.padEnd(44)} ${figure.toFixed(1).padStart(10)}`);
}

if (values.list) {
  for (const [name] of chosen) console.log(name);
} else {
  const measured = values.from ? JSON.parse(readFileSync(values.from, 'utf8')) : await measureAll();
  const rows = judged(measured.figures, measured.others, by);
  if (values.json) console.log(JSON.stringify({ ...measured, budgets: rows }, null, 2));
  else print(measured, rows);
  if (rows.some(({ measured: value, must }) => value > must) && !process.env.CI) process.exitCode = 1;
}
