/** Entries of a tar, one after the other, as streams of Node's own. */
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { createReadStream } from '../../../base/disk/disk.ts';

/** An entry, which has to be read to its end before the next comes. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  readonly content: Readable;
}

/** Reads a tar from the disk. @throws the error of a tar that is damaged or cut off */
export async function* entriesOf(file: string, signal: AbortSignal): AsyncGenerator<TarEntry> {
  yield* entriesIn(createReadStream(file, { signal }));
}

/** Reads a tar as it comes. @throws the error of its source, or of a tar that is damaged or cut off */
async function* entriesIn(source: NodeJS.ReadableStream): AsyncGenerator<TarEntry> {
  const entries = extract();
  source.on('error', error => entries.destroy(error));
  source.pipe(entries as unknown as NodeJS.WritableStream); // its own kind of stream, by the same contract
  for await (const entry of entries) {
    const content = Readable.from(entry);
    yield { name: entry.header.name, bytes: entry.header.size ?? 0, content };
    // What nobody has read stands in the way of the next.
    if (!content.readableEnded) for await (const _ of content);
  }
}

/** Reads an entry as text. */
export async function textOf({ content }: TarEntry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString('utf8');
}
