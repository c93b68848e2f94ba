/** Writes to the disk, as a test may have them fail: the one way in for faults of the disk. */

/** A write that is about to be made. */
export interface DiskWrite {
  /** As the file system calls it: `mkdir`, `write`, `rename`. */
  readonly operation: string;
  /** The path that it writes to. */
  readonly path: string;
}

/** Returns the error that a write ends with; undefined lets it be made. */
type DiskFault = (write: DiskWrite) => NodeJS.ErrnoException | undefined;

let active: DiskFault | undefined;

/**
 * Has writes of this process fail, until disposed.
 * @param fault - asked before each write
 */
export function failWrites(fault: DiskFault): Disposable {
  active = fault;
  return {
    [Symbol.dispose]: () => {
      active = undefined;
    },
  };
}

/** @throws the error that a test wants for this write */
export function passFault(write: DiskWrite): void {
  const error = active?.(write);
  if (error) throw error;
}
