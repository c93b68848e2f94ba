/** Data of both editions, read out of Go modules, beside what is committed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Data {
  /** As a sentence begins: `names`. */
  readonly what: string;
  /** Of `1.8.json` and `current.json`. */
  readonly folder: string;
  /** Reads the modules. */
  readonly read: (edition: '1.8' | 'current') => unknown;
  /** Tells what came and went. */
  readonly changes?: (before: string, now: string) => readonly string[];
}

/** Formatters break lines otherwise. */
const oneLine = (json: string): string => JSON.stringify(JSON.parse(json));

/** Tells whether the files are as the modules have it, by the exit code too; `--write` makes them anew. */
export function holdData({ what, folder, read, changes = () => [] }: Data): void {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('skipped: no go on PATH');
    return;
  }
  const differing: string[] = [];
  for (const edition of ['1.8', 'current'] as const) {
    const file = path.join(folder, `${edition}.json`);
    const text = `${JSON.stringify(read(edition), undefined, 2)}\n`;
    const before = existsSync(file) ? readFileSync(file, 'utf8') : 'null';
    if (oneLine(before) === oneLine(text)) continue;
    differing.push(edition);
    for (const line of changes(before, text).slice(0, 100)) console.log(`${edition}: ${line}`);
    if (process.argv.includes('--write')) writeFileSync(file, text);
  }
  console.log(
    differing.length === 0
      ? 'the same as in the modules of both releases'
      : `${what} differ in ${differing.join(' and ')}: --write makes them anew`,
  );
  process.exitCode = differing.length === 0 ? 0 : 1;
}
