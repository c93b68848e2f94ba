/** Ledgers of runs, as if their processes had ended. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Above the largest process id that Linux gives. */
const NO_PROCESS = 2 ** 22 + 1;

export function asDead(state: string): void {
  const runs = join(state, 'runs');
  for (const name of readdirSync(runs)) {
    const file = join(runs, name, 'ledger.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/, `"pid":${NO_PROCESS}`));
  }
}
