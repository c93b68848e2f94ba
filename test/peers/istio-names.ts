/**
 * Holds the names of all that Istio 1.8 and the current release have, by which the simulator tells what it does
 * not simulate, against the Go modules of both. `--write` makes the files anew and says what came and went.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { readKinds } from './istio-names/custom-resources.ts';
import { environmentOf, jsonNames, structType } from './istio-names/go-source.ts';
import { holdData } from './istio-names/hold-data.ts';
import { annotationsOf, labelsOf } from './istio-names/marks.ts';
import { folderOf, RELEASES, type Release } from './istio-names/modules.ts';
import { messageType, readProto } from './istio-names/proto-types.ts';

const FOLDER = path.join(ROOT, 'harness/simulator/istio/registry/names');

/** Where each release keeps what is read. */
const PLACES = {
  '1.8': {
    definitions: ['manifests/charts/base/crds/crd-all.gen.yaml'],
    values: 'operator/pkg/apis/istio/v1alpha1/values_types.proto',
    node: 'pilot/pkg/model/context.go',
  },
  current: {
    definitions: ['manifests/charts/base/files/crd-all.gen.yaml'],
    values: 'operator/pkg/apis/values_types.proto',
    node: 'pkg/model/proxy.go',
  },
} as const;

function read(edition: keyof typeof PLACES, release: Release) {
  const api = folderOf(release.api);
  const istio = folderOf(release.istio);
  const { definitions, values, node } = PLACES[edition];
  const files =
    edition === 'current'
      ? [path.join(api, 'kubernetes/customresourcedefinitions.gen.yaml')]
      : definitions.map(file => path.join(istio, file));
  const operator =
    edition === '1.8'
      ? messageType(readProto(api, 'operator/v1alpha1/operator.proto'), 'IstioOperatorSpec', true)
      : structType(readFileSync(path.join(istio, 'operator/pkg/apis/types.go'), 'utf8'), 'IstioOperatorSpec');
  const environment = environmentOf(istio);
  const metadata = structNames(readFileSync(path.join(istio, node), 'utf8'));
  return {
    source: `${release.api}, ${release.istio}`,
    kinds: readKinds(files),
    annotations: annotationsOf(api),
    labels: labelsOf(api),
    meshConfig: messageType(readProto(api, 'mesh/v1alpha1/config.proto'), 'MeshConfig', true),
    operator,
    // 1.8 has them so in its values, and otherwise in its messages.
    values: messageType(readProto(istio, values), 'Values', false).replace(
      /istio_(ingress|egress)gateway:/g,
      'istio-$1gateway:',
    ),
    environment: { ...environment, metadata },
  };
}

/** Fields of a node's metadata, each of which a proxy has by a variable. */
function structNames(source: string): string {
  const structs = ['NodeMetadata', 'BootstrapNodeMetadata'].filter(name =>
    source.includes(`type ${name} struct`),
  );
  const names = structs
    .flatMap(name => jsonNames(source, name))
    .filter(name => /^[A-Z]/.test(name))
    .map(name => `ISTIO_META_${name}`);
  return [...new Set(names)].sort().join(' ');
}

/** Lists the lines that one text has and the other has not. */
function differences(before: string, now: string): string[] {
  const words = (text: string) => new Set(text.split(/[\s"{}[\]<>,]+/));
  const [old, fresh] = [words(before), words(now)];
  return [
    ...[...fresh].filter(word => !old.has(word)).map(word => `new: ${word}`),
    ...[...old].filter(word => !fresh.has(word)).map(word => `gone: ${word}`),
  ];
}

holdData({
  what: 'names',
  folder: FOLDER,
  read: edition => read(edition, RELEASES[edition]),
  changes: differences,
});
