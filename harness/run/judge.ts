/** Whose fault a failure is: the mesh's, or that of what it runs on. */
import type { Clock } from '../base/clock.ts';
import { ERROR_CODES, HarnessError, messageOf } from '../base/errors.ts';
import type { KubernetesClient } from '../base/kubernetes-client.ts';
import { redact } from '../base/redact.ts';
import type { ClusterName } from '../model/names.ts';
import type { CheckResult, Diagnosis } from '../verify/check.ts';
import { findEnvironmentFault } from './environment.ts';
import type { Problem } from './events.ts';

/** What a judgement looks at. */
export interface Scene {
  readonly clients: ReadonlyMap<ClusterName, KubernetesClient>;
  readonly clock: Clock;
  /** When the run began, in milliseconds of the clock. */
  readonly originMs: number;
  readonly signal: AbortSignal;
}

/**
 * Blames the mesh for a failure, unless the environment shows a reason at this very moment.
 * @param diagnose - called when the mesh is to blame, for what this points to
 */
export async function judge(
  message: string,
  scene: Scene,
  diagnose: () => Promise<Diagnosis | undefined> = async () => undefined,
): Promise<Problem> {
  const { clients, clock, originMs, signal } = scene;
  // A simulated world has no pods from before the run.
  const sinceMs = clock.kind === 'virtual' ? Number.NEGATIVE_INFINITY : originMs;
  const fault = await findEnvironmentFault(clients, { clock, sinceMs, signal });
  if (fault === undefined) return meshProblem(message, await diagnose());
  return { kind: 'environment', message: redact(fault), hint: redact(`Seen when this failed: ${message}`) };
}

/**
 * Returns the problem in a check's result. A check without a verdict blames the environment at once.
 * @returns undefined for a result that changes no verdict: passed, or extended and not asked for by name
 */
export async function judgeCheck(result: CheckResult, scene: Scene): Promise<Problem | undefined> {
  const { level, isNamed = false, outcome, found, diagnosis } = result;
  if ((level !== 'core' && !isNamed) || outcome === 'passed') return undefined;
  return outcome === 'unknown'
    ? { kind: 'environment', message: found }
    : await judge(found, scene, async () => diagnosis);
}

/** The hint has the diagnosis too, in one text, for readers of `report.json` that know no other. */
function meshProblem(message: string, diagnosis: Diagnosis | undefined): Problem {
  if (!diagnosis) return { kind: 'mesh', message };
  const { sentence, steps } = diagnosis;
  const hint = `${sentence}${steps.length > 0 ? ` Look at: ${steps.join(', ')}` : ''}`;
  return { kind: 'mesh', diagnosis, message, hint };
}

/** Returns what was thrown as the environment's problem, redacted, with the error's hint. */
export function problemOf(error: unknown): Problem {
  const message = redact(error instanceof HarnessError ? withCause(error) : messageOf(error));
  const hint = error instanceof HarnessError ? (error.hint ?? ERROR_CODES[error.code].sentence) : undefined;
  return { kind: 'environment', message, ...(hint !== undefined && { hint }) };
}

/** Words an error with its cause, unless the message contains the cause already. */
function withCause({ message, cause }: Error): string {
  const more = cause === undefined ? '' : messageOf(cause);
  return message.includes(more) ? message : `${message} ${more}`;
}
