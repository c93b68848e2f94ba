/**
 * Which volume a claim may have (k8s.io/component-helpers storage/volume @v0.34; pkg/controller/volume/
 * persistentvolume/index.go @v1.34: FindMatchingVolume). Pure.
 */
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../client/kinds.ts';
import { parseQuantity } from '../registry/quantity.ts';
import { matchesLabels, selectorFromObject } from '../registry/selectors/label-selector.ts';
import { matchesTerms } from './node-match.ts';

/** The class that volumes and claims named before they had a field for it. */
const CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Returns the name of the class; empty for none. */
export const classOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.[CLASS] ?? spec.storageClassName ?? '';

/** Returns how many bytes a volume has, or a claim asks for. */
export const capacityOf = ({ spec }: PersistentVolume): number => parseQuantity(spec.capacity?.['storage']);
export const requestOf = ({ spec }: PersistentVolumeClaim): number =>
  parseQuantity(spec.resources?.requests?.['storage']);

/** Says why a volume does not do for a claim; undefined if it does (checkVolumeSatisfyClaim). */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined)
    return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`;
  if (capacityOf(volume) < requestOf(claim)) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  const attributes = (of: PersistentVolume | PersistentVolumeClaim) =>
    of.spec.volumeAttributesClassName ?? '';
  if (attributes(volume) !== attributes(claim)) return 'volumeAttributesClassName does not match';
  const mode = (of: PersistentVolume | PersistentVolumeClaim) => of.spec.volumeMode ?? 'Filesystem';
  if (mode(volume) !== mode(claim)) return 'incompatible volumeMode';
  const modes = volume.spec.accessModes ?? [];
  return claim.spec.accessModes?.every(wanted => modes.includes(wanted))
    ? undefined
    : 'incompatible accessMode';
}

/** Tells whether a volume is kept for a claim, or bound to it. */
export function isFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { name, namespace, uid = '' } = spec.claimRef ?? {};
  return name === metadata.name && namespace === metadata.namespace && (uid === '' || uid === metadata.uid);
}

/** Tells whether a node can reach a volume. */
export function reaches(node: Node, { spec }: PersistentVolume): boolean {
  const required = spec.nodeAffinity?.required;
  return required === undefined || matchesTerms(node, required.nodeSelectorTerms);
}

/**
 * Finds the volume for a claim: one that is kept for it, else the smallest that does.
 * @param node - where it has to be reached; absent: anywhere
 * @param onlyKept - leaves out those that are not kept for the claim
 */
export function bestVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  { node, onlyKept = false }: { readonly node?: Node; readonly onlyKept?: boolean } = {},
): PersistentVolume | undefined {
  const selector = selectorFromObject(claim.spec.selector);
  const fitting = volumes.filter(
    volume => mismatchOf(volume, claim) === undefined && (node === undefined || reaches(node, volume)),
  );
  const kept = fitting.find(volume => isFor(volume, claim));
  if (kept || onlyKept) return kept;
  const [smallest] = fitting
    .filter(
      ({ metadata, spec, status }) =>
        spec.claimRef === undefined &&
        status?.phase === 'Available' &&
        (selector === undefined || matchesLabels(selector, metadata.labels)),
    )
    .sort((a, b) => capacityOf(a) - capacityOf(b));
  return smallest;
}
