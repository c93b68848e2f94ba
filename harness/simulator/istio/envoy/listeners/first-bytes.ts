/** Looks at the first bytes of a connection and puts them back. */
import type { Duplex } from 'node:stream';

/**
 * Reads until `inspect` has an answer, then puts everything back for whoever reads next.
 * @param inspect - gets all bytes so far; returns undefined as long as it needs more
 * @param done - called once, with undefined if the connection ended before
 */
export function peekFirstBytes<T>(
  stream: Duplex,
  inspect: (bytes: Buffer) => T | undefined,
  done: (result: T | undefined) => void,
): void {
  let bytes: Buffer | undefined;
  const stop = (result: T | undefined) => {
    stream.off('readable', onReadable);
    stream.off('end', onEnd);
    stream.off('close', onEnd);
    if (bytes && !stream.destroyed && !stream.readableEnded) stream.unshift(bytes);
    done(result);
  };
  const onEnd = () => stop(undefined);
  const onReadable = () => {
    for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
      bytes = bytes ? Buffer.concat([bytes, chunk]) : chunk;
    }
    const result = bytes && inspect(bytes);
    if (result !== undefined) stop(result);
  };
  stream.on('readable', onReadable);
  stream.on('end', onEnd);
  stream.on('close', onEnd);
}
