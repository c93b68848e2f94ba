/** The volumes of a pod: one source each, and what it asks for (core/validation @v1.34, ValidateVolumes). */
import { duplicate, type FieldError, forbiddenValue, invalidValue, required } from '../../field-errors.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { labelText, textOf } from '../entries.ts';
import { problemsOfSubdomain } from '../names.ts';
import type { Volumes } from './mounts.ts';
import { SOURCES } from './volume-sources.ts';

/** What the volumes of a pod are checked with. */
interface VolumeContext {
  /** The pod's name; undefined for a template, whose pods have names of their own. */
  readonly podName: string | undefined;
}

/** Checks the volumes. @returns what is wrong, and those of which nothing is */
export function validateVolumes(
  volumes: readonly JsonObject[],
  field: string,
  { podName }: VolumeContext,
): { readonly errors: FieldError[]; readonly volumes: Volumes } {
  const errors: FieldError[] = [];
  const sound = new Map<string, JsonObject>();
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}]`;
    const name = textOf(volume['name']);
    const found = validateSource(volume, path, name, podName);
    if (name === '') found.push(required(`${path}.name`));
    else found.push(...labelText(name, `${path}.name`));
    if (sound.has(name)) found.push(duplicate(`${path}.name`, name));
    if (found.length === 0) sound.set(name, volume);
    errors.push(...found);
  }
  return { errors, volumes: sound };
}

const PLACES: ReadonlyMap<string, number> = new Map(SOURCES.map(({ key }, place) => [key, place]));

/** Lists the sources that a volume names, in the order of SOURCES: by its few fields, not by all names. */
function sourcesOf(volume: JsonObject): readonly (typeof SOURCES)[number][] {
  const places: number[] = [];
  for (const key of Object.keys(volume)) {
    const place = PLACES.get(key);
    if (place !== undefined) places.push(place);
  }
  if (places.length > 1) places.sort((one, other) => one - other);
  return places.flatMap(place => SOURCES[place] ?? []);
}

/** Checks that a volume has one source, and that source. */
function validateSource(
  volume: JsonObject,
  field: string,
  name: string,
  podName: string | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const { key, shown = key, second = key, validate } of sourcesOf(volume)) {
    const source = volume[key];
    if (!isObject(source)) continue;
    count++;
    if (count > 1) {
      errors.push(forbiddenValue(`${field}.${second}`, 'may not specify more than 1 volume type'));
      continue;
    }
    errors.push(...validate(source, `${field}.${shown}`, { isOfPod: podName !== undefined }));
    if (key === 'ephemeral' && podName !== undefined && name !== '')
      errors.push(...claimName(`${podName}-${name}`, name, `${field}.name`));
  }
  return count === 0 ? [...errors, required(field, 'must specify a volume type')] : errors;
}

/** Checks the name that the claim of an ephemeral volume gets. */
function claimName(claim: string, volume: string, field: string): FieldError[] {
  return problemsOfSubdomain(claim).map(problem =>
    invalidValue(field, volume, `PVC name ${JSON.stringify(claim)}: ${problem}`),
  );
}
