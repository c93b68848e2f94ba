/**
 * Holds two reports against each other: outcome, letter and the step that the diagnosis names, check by check.
 * Usage: node same-letters.mjs FOLDER FOLDER. It ends with 1 if they differ.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const rowsOf = folder => {
  const { scenarios } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const checks = scenarios.flatMap(({ scenario, checks = [] }) =>
    checks.filter(({ level }) => level === 'core').map(check => ({ scenario, ...check })),
  );
  return new Map(
    checks.map(({ scenario, id, outcome, traffic, diagnosis }) => [
      `${scenario} ${id}`,
      [outcome, traffic?.symptom ?? '-', (diagnosis?.steps ?? []).join(' ') || '-'].join(', '),
    ]),
  );
};

const [one, other] = process.argv.slice(2, 4).map(rowsOf);
let differ = one.size === 0 || one.size !== other.size;
for (const [check, expected] of one) {
  const found = other.get(check) ?? 'not asked';
  differ ||= found !== expected;
  console.log(found === expected ? `${check}: ${found}` : `${check}: ${expected} | ${found}  <- differs`);
}
process.exitCode = differ ? 1 : 0;
