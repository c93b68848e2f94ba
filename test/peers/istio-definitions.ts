/**
 * Holds the CustomResourceDefinitions that the simulator installs against those in the Go modules of Istio 1.8
 * and the current release. `--write` makes the files anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { readDefinitions } from './istio-names/definitions.ts';
import { folderOf, RELEASES } from './istio-names/modules.ts';

const FOLDER = path.join(ROOT, 'harness/simulator/istio/install/definitions');

/** Where each release has them, in which of its modules. */
const PLACES = {
  '1.8': [
    'istio',
    ['manifests/charts/base/crds/crd-all.gen.yaml', 'manifests/charts/base/crds/crd-operator.yaml'],
  ],
  current: ['api', ['kubernetes/customresourcedefinitions.gen.yaml']],
} as const;

function textOf(edition: keyof typeof PLACES): string {
  const [module, files] = PLACES[edition];
  const release = RELEASES[edition];
  if (!release) throw new Error(edition);
  const folder = folderOf(release[module]);
  const definitions = readDefinitions(files.map(file => path.join(folder, file)));
  return `${JSON.stringify({ source: release[module], definitions }, undefined, 2)}\n`;
}

/** Formatters break lines otherwise. */
const oneLine = (json: string): string => JSON.stringify(JSON.parse(json));

if (spawnSync('go', ['version']).status !== 0) console.log('skipped: no go on PATH');
else {
  const differing: string[] = [];
  for (const edition of ['1.8', 'current'] as const) {
    const file = path.join(FOLDER, `${edition}.json`);
    const text = textOf(edition);
    if (existsSync(file) && oneLine(readFileSync(file, 'utf8')) === oneLine(text)) continue;
    differing.push(edition);
    if (process.argv.includes('--write')) writeFileSync(file, text);
  }
  console.log(
    differing.length === 0
      ? 'the same as in the modules of both releases'
      : `definitions differ in ${differing.join(' and ')}: --write makes them anew`,
  );
  process.exitCode = differing.length === 0 ? 0 : 1;
}
