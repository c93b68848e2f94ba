/**
 * Holds the CustomResourceDefinitions that the simulator installs against those in the Go modules of Istio 1.8
 * and the current release. `--write` makes the files anew.
 */
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { readDefinitions } from './istio-names/definitions.ts';
import { holdData } from './istio-names/hold-data.ts';
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

function read(edition: keyof typeof PLACES) {
  const [module, files] = PLACES[edition];
  const source = RELEASES[edition][module];
  const folder = folderOf(source);
  return { source, definitions: readDefinitions(files.map(file => path.join(folder, file))) };
}

holdData({ what: 'definitions', folder: FOLDER, read });
