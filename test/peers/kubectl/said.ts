/** What kubectl has said beside a real API server: kept as facts, and held against ours. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { AllSaid, Said } from './run-commands.ts';

/** What commands said, with the release of both programs. */
export interface KeptSaid {
  /** Of kubectl and of the API server: `v1.34.3`. */
  readonly version: string;
  /** `2026-11-30` */
  readonly date: string;
  readonly said: AllSaid;
}

const FILE = fileURLToPath(new URL('said-1.34.3.json', import.meta.url));

/** What is kept. */
export function readSaid(): KeptSaid {
  // A cast: the file is written below.
  return JSON.parse(readFileSync(FILE, 'utf8')) as KeptSaid;
}

/** Writes it, a command a line. */
export function writeSaid({ version, date, said }: KeptSaid): void {
  const lines = Object.entries(said).map(([id, one]) => `  ${JSON.stringify(id)}: ${JSON.stringify(one)}`);
  const head = `"version": ${JSON.stringify(version)},\n "date": ${JSON.stringify(date)}`;
  writeFileSync(FILE, `{${head},\n "said": {\n${lines.join(',\n')}\n }}\n`);
}

/** The causes of a refusal come in the order of Go's maps, where they are those of a custom resource. */
const sorted = (text: string): string => {
  const lines = text.split('\n');
  return lines.some(line => line.startsWith('* ')) ? lines.sort().join('\n') : text;
};

/** Tells whether a person would see the same. */
export function isSame(one: Said, other: Said | undefined): boolean {
  if (!other) return false;
  const seen = ({ code, stdout, stderr }: Said) => [code, stdout, sorted(stderr)];
  return isDeepStrictEqual(seen(one), seen(other));
}

/** The commands that say something else. */
export function differentCommands(real: AllSaid, ours: AllSaid): readonly string[] {
  return Object.entries(real).flatMap(([id, one]) => (isSame(one, ours[id]) ? [] : [id]));
}
