/**
 * Which of the files that `kind export logs` writes are for people: it takes all of a node's /var/log besides
 * the journals as text (kind pkg/cluster/provider.go @v0.33.0).
 */
import { readFileSync } from '../../base/disk/disk.ts';

/** By path: journals in binary (journal.log has them as text), records of logins, the logs of packages. */
const NOTHING: readonly RegExp[] = [
  /(?:^|\/)journal\//,
  /\.journal~?$/,
  /(?:^|\/)(?:wtmp|btmp|lastlog|faillog|tallylog)(?:[.-]\d+)?$/,
  /(?:^|\/)(?:apt|dpkg|unattended-upgrades|installer)\//,
  /(?:^|\/)(?:dpkg|alternatives|bootstrap|fontconfig)\.log(?:\.\d+)?$/,
  /\.(?:gz|xz|bz2|zst)$/,
];

/** As git tells binary files from text (xdiff-interface.c: buffer_is_binary). */
const LOOKED_AT_BYTES = 8000;

/** Tells whether a file of an export has nothing to tell, by its path in the export's folder. */
export const tellsNothing = (path: string): boolean => NOTHING.some(pattern => pattern.test(path));

/** Tells whether a file is no text: a zero byte stands near its beginning. */
export const isBinary = (file: string): boolean =>
  readFileSync(file).subarray(0, LOOKED_AT_BYTES).includes(0);
