/**
 * Our istiod of edition current beside a real one: three kinds of proxies in the four scenarios. Prints what
 * differs, and ends with 1 at a difference that docs/parity.md does not name.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { SCENARIOS } from '../support/recording.ts';
import { differencesOf } from '../support/view-differences.ts';
import { findIstiod } from './real-istiod.ts';
import { tellBoth } from './tell-both.ts';

/** The first cells of the table of known differences: `cds name`. */
const known = new Set(
  readFileSync(path.join(ROOT, 'docs/parity.md'), 'utf8')
    .split('\n')
    .flatMap(line => /^\| `((?:cds|eds|lds|rds)[ .][^`]*)` \|/.exec(line)?.[1] ?? []),
);

const istiod = findIstiod();
if ('reason' in istiod) {
  console.log(`skipped: no istiod (${istiod.reason})`);
  process.exit(0);
}
let unknown = 0;
const seen = new Set<string>();
for (const scenario of SCENARIOS) {
  for (const [proxy, { ours, real }] of await tellBoth(scenario, istiod)) {
    const differences = differencesOf(ours, real);
    const counts = Object.entries(real).map(
      ([type, list]) => `${type} ${ours[type as keyof typeof ours].length}/${list.length}`,
    );
    console.log(`${scenario} ${proxy}: ${counts.join(', ')}; ${differences.length} differences`);
    for (const { what, resource, ours: mine, real: theirs } of differences) {
      if (!known.has(what)) unknown++;
      if (seen.has(what)) continue;
      seen.add(what);
      const [a, b] = [mine, theirs].map(value => String(JSON.stringify(value)).slice(0, 160));
      console.log(`  ${known.has(what) ? 'known' : 'NEW'} ${what} (${resource}): ours ${a}, real ${b}`);
    }
  }
}
console.log(
  unknown === 0 ? 'No new difference.' : `${unknown} differences that docs/parity.md does not name`,
);
process.exit(unknown === 0 ? 0 : 1);
