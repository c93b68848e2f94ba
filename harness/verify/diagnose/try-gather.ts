/** Keeps a failure to gather facts from becoming the failure of a check. */
import { messageOf } from '../../base/errors.ts';

/**
 * Gathers, or says why it could not: a diagnosis is a service, never the reason for a verdict.
 * @throws the signal's reason
 */
export async function tryGather<T>(
  gather: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | { readonly reason: string }> {
  try {
    return await gather();
  } catch (error) {
    signal.throwIfAborted();
    return { reason: messageOf(error) };
  }
}
