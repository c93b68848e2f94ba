/** What the server says of files that hide each other in a volume (pkg/api/pod/warnings.go @v1.34). */
import { isObject, type JsonObject, objectOf, objectsOf } from '../json.ts';
import { textOf } from '../validation/entries.ts';

interface File {
  readonly path: string;
  /** Where it comes from, in a volume of several sources. */
  readonly source: string;
}

/** Tells of paths in a volume that are the same, or of which one is a folder of the other. */
export function overlapsOfVolumes(volumes: readonly JsonObject[]): string[] {
  return volumes.flatMap(volume => {
    const name = JSON.stringify(textOf(volume['name']));
    const tell = (what: string, files: readonly File[]) =>
      overlaps(files).map(text => `volume ${name} (${what}): overlapping paths: ${text}`);
    const { configMap, secret, downwardAPI, projected } = volume;
    return [
      ...(isObject(configMap) ? tell(`ConfigMap ${quoted(configMap['name'])}`, filesOf(configMap, '')) : []),
      ...(isObject(secret) ? tell(`Secret ${quoted(secret['secretName'])}`, filesOf(secret, '')) : []),
      ...(isObject(downwardAPI) ? tell('DownwardAPI', filesOf(downwardAPI, '')) : []),
      ...(isObject(projected) ? ofProjected(projected, name, tell) : []),
    ];
  });
}

function ofProjected(
  projected: JsonObject,
  name: string,
  tell: (what: string, files: readonly File[]) => string[],
): string[] {
  const sources = objectsOf(projected['sources']);
  const isEmpty = (source: JsonObject) => Object.values(source).every(value => !isObject(value));
  const empty = sources.filter(isEmpty).map(() => `volume ${name} (Projected) has no sources provided`);
  return [...empty, ...tell('Projected', sources.flatMap(filesOfSource))];
}

function filesOfSource(source: JsonObject): File[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  if (isObject(configMap)) return filesOf(configMap, `ConfigMap ${quoted(configMap['name'])}`);
  if (isObject(secret)) return filesOf(secret, `Secret ${quoted(secret['name'])}`);
  if (isObject(downwardAPI)) return filesOf(downwardAPI, 'DownwardAPI');
  if (isObject(serviceAccountToken))
    return [{ path: textOf(serviceAccountToken['path']), source: 'ServiceAccountToken' }];
  if (!isObject(clusterTrustBundle)) return [];
  const { name, signerName, path } = clusterTrustBundle;
  return [{ path: textOf(path), source: `ClusterTrustBundle ${quoted(name ?? signerName)}` }];
}

const quoted = (value: unknown): string => JSON.stringify(textOf(value));

const filesOf = (source: JsonObject, from: string): File[] =>
  objectsOf(objectOf(source)['items']).map(item => ({ path: textOf(item['path']), source: from }));

function overlaps(files: readonly File[]): string[] {
  const trimmed = files.map(file => ({ ...file, path: file.path.replace(/\/+$/, '') }));
  return trimmed.flatMap((file, index) => {
    if (file.path === '') return [];
    return trimmed
      .slice(0, index)
      .filter(({ path }) => path !== '' && (isWithin(path, file.path) || isWithin(file.path, path)))
      .map(other => `${shown(file)} with ${shown(other)}`);
  });
}

const isWithin = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`);
const shown = ({ path, source }: File): string =>
  source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
