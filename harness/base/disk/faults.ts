/** Writes to the disk, as a test may have them fail: the one way in for faults of the disk. */
import { FaultPoint } from '../fault-point.ts';

/** A write that is about to be made. */
export interface DiskWrite {
  /** As the file system calls it: `mkdir`, `write`, `rename`. */
  readonly operation: string;
  /** The path that it writes to. */
  readonly path: string;
}

/** Asked before each write; the error is what the write ends with. */
export const diskFaults = new FaultPoint<[write: DiskWrite], NodeJS.ErrnoException>();
