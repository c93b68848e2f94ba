/** The line that begins a connection of the bridge: what the one end must know before bytes go on. */
import type { Duplex } from 'node:stream';

const NEWLINE = 10;

/**
 * Reads up to the first newline, and leaves what follows to the next reader.
 * @param onLine - gets the line; undefined if the connection ends before there is one
 */
export function readFirstLine(stream: Duplex, onLine: (line: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  const settle = (line: string | undefined) => {
    stream.off('readable', read);
    stream.off('end', end);
    stream.off('close', end);
    onLine(line);
  };
  const end = () => settle(undefined);
  const read = () => {
    for (;;) {
      const chunk: Buffer | null = stream.read();
      if (chunk === null) return;
      const at = chunk.indexOf(NEWLINE);
      chunks.push(at < 0 ? chunk : chunk.subarray(0, at));
      if (at < 0) continue;
      if (at + 1 < chunk.length) stream.unshift(chunk.subarray(at + 1));
      settle(Buffer.concat(chunks).toString());
      return;
    }
  };
  stream.on('readable', read);
  stream.once('end', end);
  stream.once('close', end);
}

/** What the far end says once its connection stands. */
export const CONNECTED = 'connected';
