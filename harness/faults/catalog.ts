/** All faults, by their ids. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { FaultDefinition, FaultScene } from './fault.ts';
import { CERTIFICATES } from './kinds/certificates.ts';
import { CREDENTIALS } from './kinds/credentials.ts';
import { AT_DOORS } from './kinds/doors.ts';
import { PARTITIONS } from './kinds/partitions.ts';
import { PROGRAMS } from './kinds/programs.ts';
import { UNSEEN } from './kinds/unseen.ts';

/** Every fault, in the order of docs/faults.md. */
export const FAULTS: readonly FaultDefinition[] = [
  ...PARTITIONS,
  ...AT_DOORS,
  ...PROGRAMS,
  ...CREDENTIALS,
  ...CERTIFICATES,
  ...UNSEEN,
];

/** Finds a fault. @throws HarnessError ERR_UNKNOWN_FAULT, which names the known ones */
export function faultOf(id: string): FaultDefinition {
  const found = FAULTS.find(fault => fault.id === id);
  if (found) return found;
  const known = FAULTS.map(fault => fault.id);
  throw new HarnessError('ERR_UNKNOWN_FAULT', `There is no fault "${id}".`, {
    hint: [didYouMean(id, known), `Known: ${known.join(', ')}.`].filter(Boolean).join(' '),
  });
}

/** Says why a mesh cannot have a fault; undefined if it can. */
export const outsideOf = (
  { outside }: FaultDefinition,
  scene: Pick<FaultScene, 'topology' | 'edition'>,
): string | undefined => outside?.(scene);
