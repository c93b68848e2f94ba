/**
 * The files that a volume shows of ConfigMaps, Secrets and the pod itself, and what keeps it from being
 * mounted.
 */
import type { DownwardItem, KeyToPath, ProjectedSource, Volume } from '../../client/kinds.ts';
import { fieldValue, type PodFacts, resourceValue } from './downward.ts';
import { decode, type Lookup } from './environment.ts';

/** Why a pod has to wait in ContainerCreating; the message is the one of the event FailedMount. */
export class MountError extends Error {
  override readonly name = 'MountError';
}

/** Turns a volume that shows objects into a list of projections; undefined for the other kinds. */
export function projectionsOf(volume: Volume): readonly ProjectedSource[] | undefined {
  if (volume.projected) return volume.projected.sources ?? [];
  if (volume.configMap) return [{ configMap: volume.configMap }];
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret;
    return [{ secret: { ...(secretName !== undefined && { name: secretName }), ...rest } }];
  }
  if (volume.downwardAPI) return [{ downwardAPI: volume.downwardAPI }];
  return undefined;
}

/**
 * Puts the files of one source `into` a volume's.
 * @throws MountError if an object or a key is missing that is not optional
 */
export function project(
  source: ProjectedSource,
  facts: PodFacts,
  lookup: Lookup,
  volume: string,
  into: Map<string, string>,
): void {
  const { namespace = '' } = facts.pod.metadata;
  if (source.configMap) projectConfigMap(source.configMap, { namespace, volume }, lookup, into);
  if (source.secret) projectSecret(source.secret, { namespace, volume }, lookup, into);
  for (const item of source.downwardAPI?.items ?? []) into.set(item.path, downwardValue(facts, item));
}

/** A volume, and the namespace of its pod, as messages name them. */
interface Mounting {
  readonly namespace: string;
  readonly volume: string;
}

function projectConfigMap(
  { name = '', items, optional = false }: NonNullable<ProjectedSource['configMap']>,
  { namespace, volume }: Mounting,
  lookup: Lookup,
  into: Map<string, string>,
): void {
  const map = lookup.configMap(name);
  if (!map && !optional) throw missing(volume, `configmap "${name}" not found`);
  const data = new Map(Object.entries(map?.data ?? {}));
  for (const [key, value] of Object.entries(map?.binaryData ?? {})) data.set(key, decode(value));
  select(data, items, optional, into, () => missing(volume, absentKeys(`configmap "${namespace}/${name}"`)));
}

function projectSecret(
  { name = '', items, optional = false }: NonNullable<ProjectedSource['secret']>,
  { namespace, volume }: Mounting,
  lookup: Lookup,
  into: Map<string, string>,
): void {
  const secret = lookup.secret(name);
  if (!secret && !optional) throw missing(volume, `secret "${name}" not found`);
  const data = new Map(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [key, decode(value)] as const),
  );
  select(data, items, optional, into, () => missing(volume, absentKeys(`secret "${namespace}/${name}"`)));
}

const missing = (volume: string, what: string) =>
  new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${what}`);
const absentKeys = (what: string) => `${what} references non-existent config key`;

function select(
  data: ReadonlyMap<string, string>,
  items: readonly KeyToPath[] | undefined,
  optional: boolean,
  into: Map<string, string>,
  absent: () => MountError,
): void {
  if (!items || items.length === 0) {
    for (const [key, value] of data) into.set(key, value);
    return;
  }
  for (const { key, path } of items) {
    const value = data.get(key);
    if (value !== undefined) into.set(path, value);
    else if (!optional) throw absent();
  }
}

function downwardValue(facts: PodFacts, { fieldRef, resourceFieldRef }: DownwardItem): string {
  if (fieldRef) return fieldValue(facts, fieldRef.fieldPath);
  const { containerName = '', resource = '', divisor } = resourceFieldRef ?? {};
  return resourceValue(facts, containerName, resource, divisor);
}
