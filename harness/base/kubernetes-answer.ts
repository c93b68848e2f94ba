/** What an API server answers: one JSON document, or a stream of events. */
import { finished, type Readable } from 'node:stream';
import { reasonOf } from './abort.ts';
import type { WatchEvent } from './api-client.ts';
import { KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';
import { LineReader } from './lines.ts';
import { type Answer, endOf, resetOf } from './shared-connection.ts';

/**
 * Passes the events of a watch on until its stream ends.
 * @throws what broke the stream, or the signal's reason
 */
export async function readEvents(
  body: Readable,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  body.setEncoding('utf8');
  const lines = new LineReader();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => body.destroy(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    body.on('data', (chunk: string) => {
      for (const line of lines.push(chunk)) if (line !== '') onEvent(JSON.parse(line) as WatchEvent);
    });
    body.on('error', reject);
    body.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      const failure = endOf(body);
      if (failure) reject(failure);
      else resolve();
    });
  });
  signal.throwIfAborted();
}

/**
 * Reads a document; a text that is no JSON becomes the message of a status.
 * @throws KubernetesApiError unless the code is one of success
 */
export function parseBody(code: number, body: Buffer): unknown {
  const text = body.toString();
  let parsed: unknown;
  try {
    parsed = text === '' ? {} : JSON.parse(text);
  } catch {
    parsed = { message: text.trim() };
  }
  if (code >= 200 && code < 300) return parsed;
  throw new KubernetesApiError(code, parsed as KubernetesStatus);
}

/** Reads a body to its end. @throws what cut it off */
export function readAll({ body }: Answer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body.on('data', (chunk: Buffer) => void chunks.push(chunk));
    // Not by events alone: an answer without a body may have ended before its reader comes. Of a stream of
    // HTTP/2 that is closed by then, as where many answers come together, `end` is still to be emitted here.
    finished(body, { writable: false }, error => {
      const failure = error ?? resetOf(body);
      if (failure) reject(failure);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
  });
}
