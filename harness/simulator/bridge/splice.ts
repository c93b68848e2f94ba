/** Joins two byte streams into one connection. */
import type { Duplex } from 'node:stream';

/** A stream on which one direction may end before the other. */
type HalfOpen = Duplex & { allowHalfOpen: boolean; resetAndDestroy?(): void };

/**
 * Hands the bytes of each stream to the other, with their ends. When one breaks off, the other is reset.
 * @param first - bytes that were read from `a` already
 */
export function splice(a: Duplex, b: Duplex, first: Buffer = Buffer.alloc(0)): void {
  const ends: readonly HalfOpen[] = [a as HalfOpen, b as HalfOpen]; // every socket has these members
  for (const [at, end] of ends.entries()) {
    const other = ends[1 - at];
    end.allowHalfOpen = true;
    // The close that follows an error cuts the other end.
    end.on('error', () => {});
    end.on('close', () => {
      const isDone = end.readableEnded && end.writableFinished;
      if (other && !isDone && !other.destroyed) cut(other);
    });
  }
  if (first.length > 0) b.write(first);
  a.pipe(b);
  b.pipe(a);
}

/** Ends a connection with a reset where the stream is a socket. */
function cut(stream: HalfOpen): void {
  if (stream.resetAndDestroy) stream.resetAndDestroy();
  else stream.destroy();
}
