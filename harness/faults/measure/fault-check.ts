/** A fault as a check of a run: it comes while calls go on, and what it leaves is verified. */
import type { FaultPoints } from '../../platform/fault-points.ts';
import type { Check, CheckContext, CheckOutcome, Evidence } from '../../verify/check.ts';
import type { FaultMeasure } from '../../verify/fault-measure.ts';
import type { FaultScene } from '../fault.ts';
import { FaultsInForce } from '../in-force.ts';
import { type Measured, Measurement } from './measure.ts';
import type { FaultRequest } from './requests.ts';

/** The run that faults are part of. */
interface FaultRun {
  readonly edition: string;
  readonly points: FaultPoints;
  /** The scenario's own checks, which are asked again after each fault. */
  readonly checks: readonly Check[];
}

/** Makes the checks of faults, in the order in which they are to come. */
export const faultChecks = (requests: readonly FaultRequest[], run: FaultRun): readonly Check[] =>
  requests.map(request => ({
    id: idOf(request),
    sentence:
      `${request.fault.sentence.replace(/\.$/, '')}: calls are counted meanwhile, and once it is taken ` +
      'back the mesh recovers, and the checks pass again.',
    level: 'extended',
    isNamed: true,
    run: context => measure(request, run, context),
  }));

/** `fault-delay-calls`, or `fault-delay-calls-ms-500` for one that is told something. */
const idOf = ({ fault, values }: FaultRequest): string =>
  ['fault', fault.id, ...Object.entries(values).flat()].join('-');

async function measure(
  { fault, values }: FaultRequest,
  { edition, points, checks }: FaultRun,
  context: CheckContext,
): Promise<CheckOutcome> {
  const { topology, clusters, clock, client } = context;
  const clients = new Map([...clusters].map(([name, each]) => [name as string, each.client]));
  const scene: FaultScene = { topology, edition, client, clients, clock, points };
  const faults = new FaultsInForce(scene);
  context.putBack(`take ${fault.id} back`, () => faults.clearAll());
  const measured = await new Measurement(context, scene, faults).run(fault.id, values);
  if ('trouble' in measured)
    return {
      outcome: 'failed',
      found: `The fault did not come: calls were in trouble before it: ${measured.trouble}`,
      evidence: null,
      unproved: true,
    };
  const failedAfter: string[] = [];
  for (const check of checks) {
    const { outcome, found } = await check.run(context);
    if (outcome !== 'passed') failedAfter.push(`${check.id}: ${found}`);
  }
  const passedAfter = checks.length - failedAfter.length;
  const whole: FaultMeasure = { ...measured, passedAfter, failedAfter };
  const isWell = measured.recoveredMs !== null && failedAfter.length === 0;
  return {
    outcome: isWell ? 'passed' : 'failed',
    found: [describeMeasured(measured), ...failedAfter].join('; '),
    evidence: whole as unknown as Evidence, // plain JSON
    fault: whole,
  };
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Tells what was measured: `istiod in cluster1 is scaled to 0: 12 of 240 calls lost; first error …`. */
function describeMeasured(measured: Measured): string {
  const { what, calls, lost, firstErrorMs, healedMs, recoveredMs, sources } = measured;
  return [
    `${what}: ${lost} of ${calls} calls lost`,
    firstErrorMs === null ? 'no error' : `first error after ${seconds(firstErrorMs)}`,
    sources.map(({ cluster, symptom }) => `${cluster} ${symptom}`).join(', '),
    ...(healedMs === null ? [] : [`healed itself after ${seconds(healedMs)}`]),
    recoveredMs === null ? 'not recovered' : `recovered ${seconds(recoveredMs)} after it was taken back`,
  ].join('; ');
}
