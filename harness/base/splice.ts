/** Joins two byte streams into one connection. */
import type { Duplex } from 'node:stream';

/** How a stream is broken off. */
type BreakOff = (stream: Duplex) => void;

/**
 * Joins two streams: backpressure and half-closed connections included. A stream that breaks takes the other
 * with it.
 * @param breakOff - what is done to the other; by default it is destroyed
 */
export function splice(one: Duplex, other: Duplex, breakOff: BreakOff = destroy): void {
  one.allowHalfOpen = true;
  other.allowHalfOpen = true;
  one.pipe(other);
  other.pipe(one);
  one.on('error', () => breakOff(other));
  other.on('error', () => breakOff(one));
  one.once('close', () => closeAfter(one, other, breakOff));
  other.once('close', () => closeAfter(other, one, breakOff));
}

const destroy: BreakOff = stream => void stream.destroy();

/** Breaks a stream off with a reset if it is a socket, and destroys it if it is none. */
export function reset(stream: Duplex & { resetAndDestroy?(): void }): void {
  if (stream.destroyed) return;
  if (stream.resetAndDestroy) stream.resetAndDestroy();
  else stream.destroy();
}

/**
 * Ends the other stream after one has closed. A stream that closed before it ended was cut off, and so is the
 * other. After an end, `pipe` lets the other finish.
 */
function closeAfter(closed: Duplex, other: Duplex, breakOff: BreakOff): void {
  if (!closed.readableEnded || !closed.writableFinished) breakOff(other);
}
