/** Answers that are kept: those of a real API server, one line a question. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answers } from './ask.ts';
import type { Answer } from './question.ts';

/** The answers of one server, by group. */
export interface KeptAnswers {
  /** `v1.34.3` */
  readonly version: string;
  /** When it was asked: `2026-11-30`. */
  readonly date: string;
  readonly groups: Readonly<Record<string, Answers>>;
}

/** What a line holds: what is empty is left out. */
interface Line extends Partial<Omit<Answer, 'code'>> {
  readonly code: number;
}

const FILE = fileURLToPath(new URL('answers-1.34.3.json', import.meta.url));

/** The answers of the release that the simulated API server says that it is. */
export function readAnswers(): KeptAnswers {
  // A cast: the file is written below.
  const { groups, ...rest } = JSON.parse(readFileSync(FILE, 'utf8')) as Omit<KeptAnswers, 'groups'> & {
    groups: Record<string, Record<string, Line>>;
  };
  const whole = (line: Line): Answer => ({ reason: '', gist: '', warnings: [], facts: {}, ...line });
  const groupOf = (lines: Record<string, Line>) =>
    Object.fromEntries(Object.entries(lines).map(([id, line]) => [id, whole(line)]));
  return {
    ...rest,
    groups: Object.fromEntries(Object.entries(groups).map(([name, lines]) => [name, groupOf(lines)])),
  };
}

function lineOf({ code, reason, gist, warnings, facts }: Answer): Line {
  return {
    code,
    ...(reason !== '' && { reason }),
    ...(gist !== '' && { gist }),
    ...(warnings.length > 0 && { warnings }),
    ...(Object.keys(facts).length > 0 && { facts }),
  };
}

/** Writes them, a question a line. */
export function writeAnswers({ version, date, groups }: KeptAnswers): void {
  const lines = Object.entries(groups).map(([name, answers]) => {
    const rows = Object.entries(answers).map(
      ([id, answer]) => `    ${JSON.stringify(id)}: ${JSON.stringify(lineOf(answer))}`,
    );
    return `  ${JSON.stringify(name)}: {\n${rows.join(',\n')}\n  }`;
  });
  const head = `"version": ${JSON.stringify(version)},\n "date": ${JSON.stringify(date)}`;
  writeFileSync(FILE, `{${head},\n "groups": {\n${lines.join(',\n')}\n }}\n`);
}
