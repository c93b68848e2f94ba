/** Chooses among the checks of a topology by their ids, and by the ids of their families. Pure. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { Topology } from '../model/topology.ts';
import type { Check, CheckFamily } from './check.ts';

/** Which checks are asked for. */
export interface CheckChoice {
  /** Adds the checks of what the guide claims and does not look at; false by default. */
  readonly extended?: boolean;
  /** Ids of checks or of families: only these, extended ones too, and all of them count in the verdict. */
  readonly only?: readonly string[];
  /** Ids of checks or of families that are left out. */
  readonly skip?: readonly string[];
  /** Takes those that change something in the clusters, and put it back; true by default. */
  readonly allowChanges?: boolean;
}

/** A check, and the family that it belongs to. */
export interface KnownCheck {
  readonly family: CheckFamily;
  readonly check: Check;
}

/**
 * Chooses checks, in the order given.
 * @param known - all checks of the topology
 * @param families - all that there are, also those of which the topology has no check
 * @throws HarnessError ERR_UNKNOWN_CHECK for an id that is none; ERR_USAGE if no check is left, or one asked
 *   for changes something and may not
 */
export function chooseChecks(
  known: readonly KnownCheck[],
  families: readonly CheckFamily[],
  topology: Topology,
  choice: CheckChoice,
): readonly Check[] {
  const { extended = false, only = [], skip = [], allowChanges = true } = choice;
  refuseUnknown(known, families, topology, [...only, ...skip]);
  const isNamed = (names: readonly string[]) => (each: KnownCheck) =>
    names.includes(each.check.id) || names.includes(each.family.id);
  const wanted =
    only.length > 0
      ? known
          .filter(isNamed(only))
          .map(({ family, check }) => ({ family, check: { ...check, isNamed: true } }))
      : known.filter(({ family }) => extended || family.level === 'core');
  const changing = wanted.find(({ family }) => family.changes !== undefined);
  if (changing && only.length > 0 && !allowChanges) {
    throw new HarnessError(
      'ERR_USAGE',
      `${changing.check.id} changes something in the clusters: ${changing.family.changes?.what}.`,
      { hint: `--allow-changes lets it; afterwards ${changing.family.changes?.putsBack}.` },
    );
  }
  const left = wanted.filter(
    each => !isNamed(skip)(each) && (allowChanges || each.family.changes === undefined),
  );
  if (left.length > 0) return left.map(({ check }) => check);
  throw new HarnessError('ERR_USAGE', `No check of ${topology.name} is left.`, {
    hint: `Its checks: ${known.map(({ check }) => check.id).join(', ')}`,
  });
}

function refuseUnknown(
  known: readonly KnownCheck[],
  families: readonly CheckFamily[],
  topology: Topology,
  names: readonly string[],
): void {
  const ids = known.map(({ check }) => check.id);
  const all = [...new Set([...ids, ...families.map(({ id }) => id)])];
  const unknown = names.find(name => !all.includes(name));
  if (unknown === undefined) return;
  const meant = didYouMean(unknown, all);
  throw new HarnessError('ERR_UNKNOWN_CHECK', `${topology.name} has no check "${unknown}".`, {
    hint: [
      ...(meant === undefined ? [] : [meant]),
      `Its checks: ${ids.join(', ')}. Families of checks: mesh-harness list --checks`,
    ].join(' '),
  });
}
