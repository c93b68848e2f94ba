/** The wait for an event of a stream that may fail, close or be given up. */
import type { Duplex } from 'node:stream';

/**
 * Resolves at the event. Rejects with the stream's error, or when the stream closes; or with the signal's
 * reason, and destroys the stream then.
 */
export function untilEvent(stream: Duplex, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stream.off(event, onEvent);
      stream.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      // The error listener stays until the next one is there. An error of a stream that nobody listens to
      // would end the process.
      act();
    };
    const onEvent = () => settle(resolve);
    const onError = (error: unknown) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error('The connection was closed.')));
    const onAbort = () => {
      settle(() => reject(signal.reason));
      stream.destroy();
    };
    stream.once(event, onEvent);
    stream.on('error', onError);
    stream.once('close', onClose);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
