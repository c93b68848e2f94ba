/** The files of meshes that are up: in a folder each, which goes with the mesh, or else with the process. */
import path from 'node:path';
import { rmSync, writeFileSync } from '../base/disk/disk.ts';
import { OWNER_ONLY } from '../base/disk/modes.ts';
import { makeOwnFolder, sweepFolders, TOOLS_PREFIX } from '../process/temporary-folders.ts';

const folders = new Set<string>();

/** A test that ends its process at once leaves nothing. One listener for all: Node warns of eleven. */
const removeAll = (): void => {
  for (const folder of folders) remove(folder);
};

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A folder with credentials. */
export class OwnFiles {
  readonly folder: string;

  /** Also removes what processes have left that a signal has ended: it is no end that they hear of. */
  constructor() {
    sweepFolders(TOOLS_PREFIX);
    this.folder = makeOwnFolder(TOOLS_PREFIX);
    if (folders.size === 0) process.on('exit', removeAll);
    folders.add(this.folder);
  }

  /** Writes a file for this user alone. @returns its path */
  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text, { mode: OWNER_ONLY });
    return file;
  }

  /** Removes the folder. */
  remove(): void {
    remove(this.folder);
    folders.delete(this.folder);
    if (folders.size === 0) process.off('exit', removeAll);
  }
}
