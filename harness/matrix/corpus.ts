/** Reads the misconfigurations that this package has: the only file of this layer that reads the disk. */
import path from 'node:path';
import yaml from 'js-yaml';
import { readdir, readFile } from '../base/disk/disk.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import { corpusFileSchema, type Misconfiguration } from './schema.ts';

/** The misconfigurations of one file. */
export interface Chapter {
  readonly title: string;
  readonly cases: readonly Misconfiguration[];
}

/**
 * Reads all chapters, in the order of their files' names.
 * @throws HarnessError ERR_UNREADABLE_FILE with every problem of the first file that is not as it should be
 */
export async function readCorpus(
  folder: string = path.join(packageRoot(), 'fixtures', 'misconfigurations'),
): Promise<readonly Chapter[]> {
  try {
    const names = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort();
    const chapters: Chapter[] = [];
    for (const name of names)
      chapters.push(parseChapter(name, await readFile(path.join(folder, name), 'utf8')));
    assertUnique(chapters);
    return chapters;
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    throw unreadable(messageOf(error), error);
  }
}

function parseChapter(name: string, text: string): Chapter {
  const parsed = corpusFileSchema.safeParse(yaml.load(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: where, message }) => `${where.join('.')}: ${message}`);
  throw unreadable(`${name}: ${problems.join('; ')}`, parsed.error);
}

function assertUnique(chapters: readonly Chapter[]): void {
  const ids = chapters.flatMap(({ cases }) => cases.map(({ id }) => id));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw unreadable(`two are called ${twice.join(', ')}`, undefined);
}

const unreadable = (message: string, cause: unknown) =>
  new HarnessError('ERR_UNREADABLE_FILE', `The misconfigurations cannot be read: ${message}`, {
    hint: 'They belong to mesh-harness; install the package again.',
    cause,
  });
