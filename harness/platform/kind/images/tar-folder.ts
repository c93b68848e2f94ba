/** A folder as a tar, of its files, folders and links. */
import { join } from 'node:path';
import { type Pack, pack } from 'tar-stream';
import { lstatSync, readdirSync, readFile, readlinkSync } from '../../../base/disk/disk.ts';

/** Opens a folder as a tar, with names below it. The same folder gives the same bytes. */
export async function tarOf(folder: string, signal: AbortSignal): Promise<NodeJS.ReadableStream> {
  const tar = pack();
  addAll(tar, folder, signal).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return tar as unknown as NodeJS.ReadableStream; // its own kind of stream, by the same contract
}

async function addAll(tar: Pack, folder: string, signal: AbortSignal): Promise<void> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    signal.throwIfAborted();
    const file = join(folder, name);
    const found = lstatSync(file);
    const mode = found.mode & 0o777;
    const mtime = new Date(0);
    if (found.isDirectory()) tar.entry({ name, type: 'directory', mode, mtime });
    else if (found.isSymbolicLink())
      tar.entry({ name, type: 'symlink', linkname: readlinkSync(file), mode, mtime });
    else if (found.isFile()) await addFile(tar, { name, mode, mtime }, await readFile(file));
  }
}

const addFile = (
  tar: Pack,
  header: { readonly name: string; readonly mode: number; readonly mtime: Date },
  content: Buffer,
): Promise<void> =>
  new Promise((resolve, reject) => {
    tar.entry({ ...header, size: content.length }, content, error => (error ? reject(error) : resolve()));
  });
