/** The digests of a report's files, in the format of `sha256sum`: `sha256sum --check SHA256SUMS` reads it. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { readFileSync } from '../base/disk/disk.ts';
import { codeOf, messageOf } from '../base/errors.ts';

/** The name of the file. */
export const DIGESTS_FILE = 'SHA256SUMS';

/**
 * Writes a line for each file: digest, two blanks, name.
 * @param files - name → content
 */
export const digestsOf = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([name, content]) => `${digest(content)}  ${name}\n`)
    .join('');

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/**
 * Holds the files of a folder against its digests.
 * @returns what does not agree, a sentence each; undefined if the folder has no digests
 */
export function digestProblems(folder: string): readonly string[] | undefined {
  const text = readIfThere(path.join(folder, DIGESTS_FILE));
  if (text === undefined) return undefined;
  return text
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .flatMap(line => {
      const [, expected, name] = /^([0-9a-f]{64}) [ *]([^/\0]+)$/.exec(line) ?? [];
      if (expected === undefined || name === undefined)
        return [`${DIGESTS_FILE}: this is no line of digests: ${line.slice(0, 80)}`];
      return problemOf(folder, name, expected);
    });
}

function problemOf(folder: string, name: string, expected: string): readonly string[] {
  try {
    const content = readIfThere(path.join(folder, name));
    if (content === undefined) return [`${name}: is missing`];
    return digest(content) === expected ? [] : [`${name}: was changed after it was written`];
  } catch (error) {
    return [`${name}: cannot be read: ${messageOf(error)}`];
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
