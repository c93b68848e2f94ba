/** Refusals of the engine. */
import { messageOf } from '../../../base/errors.ts';

/** A refusal of the engine, with what it answered as the cause. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The subnet is in use by someone else: another one may do. */
  readonly overlaps: boolean;

  constructor(what: string, cause: unknown) {
    super(`${what}: ${messageOf(cause)}`, { cause });
    // moby/moby libnetwork ipamapi: "Pool overlaps with other one on this address space" (20.10 to 28),
    // "…invalid pool request…" around it.
    this.overlaps = /[Pp]ool overlaps/.test(this.message);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 404;
/**
 * Tells whether another removal of the same container goes on: it will be gone (409, "removal of container …
 * is already in progress").
 */
const isBeingRemoved = (error: unknown): boolean =>
  error instanceof Error &&
  'statusCode' in error &&
  error.statusCode === 409 &&
  /already in progress/.test(error.message);

/** Runs a call on a thing that may be gone already, or is about to be. @returns undefined if it is */
export async function ignoreMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error) || isBeingRemoved(error)) return undefined;
    throw error;
  }
}
