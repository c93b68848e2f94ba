/** Files of images and containers, looked at without starting anything. */
import { extract } from 'tar-stream';
import type { Client, Engine } from './engine.ts';
import { ignoreMissing } from './errors.ts';

/** Returns the calls that look for files. */
export function imageFileCalls(client: Client): Pick<Engine, 'fileInImage' | 'hasPath'> {
  const docker = client.container.dockerode;
  return {
    hasPath: async (container, path) =>
      (await ignoreMissing(() => docker.getContainer(container).infoArchive({ path }))) !== undefined,
    fileInImage: async (reference, path, labels) => {
      const container = await docker.createContainer({
        Image: reference,
        // It is never started; an image without a command of its own wants one all the same.
        Cmd: ['true'],
        Labels: { ...labels },
      });
      try {
        const archive = await ignoreMissing(() => container.getArchive({ path }));
        return archive && (await firstFile(archive));
      } finally {
        await ignoreMissing(() => container.remove({ force: true, v: true }));
      }
    },
  };
}

/** Reads the first regular file of an archive as text; undefined if there is none. */
async function firstFile(archive: NodeJS.ReadableStream): Promise<string | undefined> {
  const entries = extract();
  archive.on('error', error => entries.destroy(error));
  archive.pipe(entries as unknown as NodeJS.WritableStream); // its own kind of stream, by the same contract
  let text: string | undefined;
  for await (const entry of entries) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array); // no encoding is set
    if (entry.header.type === 'file') text ??= Buffer.concat(chunks).toString('utf8');
  }
  return text;
}
