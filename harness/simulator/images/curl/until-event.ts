/** The wait for an event of a stream that may fail, close or be given up. */
import type { Duplex } from 'node:stream';
import type { Cancellation } from './cancellation.ts';

/**
 * Resolves at the event. Rejects with the stream's error, or when the stream closes; or with the reason of
 * the cancellation, and destroys the stream then.
 */
export function untilEvent(stream: Duplex, event: string, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stream.off(event, onEvent);
      stream.off('close', onClose);
      cancellation.onCancel = undefined;
      // The error listener stays until the next one is there. An error of a stream that nobody listens to
      // would end the process.
      act();
    };
    const onEvent = () => settle(resolve);
    const onError = (error: unknown) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error('The connection was closed.')));
    const onCancel = () => {
      settle(() => reject(cancellation.reason));
      stream.destroy();
    };
    stream.on(event, onEvent);
    stream.on('error', onError);
    stream.on('close', onClose);
    if (cancellation.isCancelled) onCancel();
    else cancellation.onCancel = onCancel;
  });
}
