/**
 * Asks a real istioctl what operators of ours make (`test/simulator/istio/install/operators`), and keeps the
 * parts that settings change. `ISTIOCTL=/path/to/istioctl … --write` makes the file anew.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import { ROOT } from '../support/cli.ts';
import { gistOf } from '../support/install-gist.ts';

const FOLDER = path.join(ROOT, 'test/simulator/istio/install/operators');
const FILE = path.join(FOLDER, 'real-charts.json');
const ISTIOCTL = process.env['ISTIOCTL'] ?? 'istioctl';

const version = spawnSync(ISTIOCTL, ['version', '--remote=false'], { encoding: 'utf8' });
if (version.status !== 0) console.log('skipped: no istioctl on PATH');
else {
  const operators: Record<string, unknown> = {};
  for (const name of readdirSync(FOLDER).filter(file => file.endsWith('.yaml'))) {
    const made = spawnSync(ISTIOCTL, ['manifest', 'generate', '-f', path.join(FOLDER, name)], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    if (made.status !== 0) throw new Error(made.stderr);
    operators[name] = gistOf(yaml.loadAll(made.stdout) as never); // objects, and null after the last
  }
  const text = `${JSON.stringify({ source: version.stdout.trim(), operators }, undefined, 1)}\n`;
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  const isSame = readFileSync(FILE, 'utf8') === text;
  console.log(isSame ? 'as a real istioctl has it' : 'objects differ: --write makes them anew');
  process.exitCode = isSame ? 0 : 1;
}
