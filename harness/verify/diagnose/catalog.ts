/** All failure patterns: the first that recognises itself speaks. */
import type { Diagnosis } from '../check.ts';
import { clientMissing } from './client-missing.ts';
import { withoutConfiguration } from './control-plane.ts';
import type { CallFacts } from './facts.ts';
import { localMissing } from './local-missing.ts';
import { misplaced } from './misplaced.ts';
import { nameUnknown } from './name-unknown.ts';
import { clusterNameTwice, oneClusterTwice } from './one-cluster-twice.ts';
import { oneGatewayExposesNothing } from './one-gateway-exposes-nothing.ts';
import type { Pattern } from './pattern.ts';
import { remoteRefuses } from './remote-refuses.ts';
import { remoteRunsIstiod } from './remote-runs-istiod.ts';
import { remoteUnknown } from './remote-unknown.ts';
import { remoteVanishes } from './remote-vanishes.ts';
import { routedToASubset } from './routed-to-a-subset.ts';
import { sidecarMissing } from './sidecar-missing.ts';
import { someErrors } from './some-errors.ts';
import type { StepIndex } from './steps.ts';

const PATTERNS: readonly Pattern[] = [
  oneClusterTwice,
  clusterNameTwice,
  nameUnknown,
  clientMissing,
  withoutConfiguration,
  sidecarMissing,
  remoteRunsIstiod,
  routedToASubset,
  remoteUnknown,
  remoteRefuses,
  remoteVanishes,
  localMissing,
  oneGatewayExposesNothing,
  misplaced,
  someErrors,
];

export function diagnose(facts: CallFacts, steps: StepIndex): Diagnosis | undefined {
  for (const pattern of PATTERNS) {
    const diagnosis = pattern(facts, steps);
    if (diagnosis) return diagnosis;
  }
  return undefined;
}
