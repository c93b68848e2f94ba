/**
 * Our istiod of edition current beside a real one: three kinds of proxies in the four scenarios. Prints what
 * differs, and ends with 1 at a difference that docs/parity.md does not name.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { SCENARIOS } from '../support/recording.ts';
import { type Difference, differencesOf } from '../support/view-differences.ts';
import { findReal } from './real-programs.ts';
import { tellBoth } from './tell-both.ts';

const ROW = /^\| `((?:cds|eds|lds|rds|nds)[ .][^`]*)` of `([^`]+)` \|/;
/** The first cells of the table of known differences: what, and how the names of the resources end. */
const known = readFileSync(path.join(ROOT, 'docs/parity.md'), 'utf8')
  .split('\n')
  .flatMap(line => {
    const [, what, end] = ROW.exec(line) ?? [];
    return what !== undefined && end !== undefined ? [{ what, end }] : [];
  });
const isKnown = ({ what, resource }: Difference): boolean =>
  known.some(row => row.what === what && resource.endsWith(row.end));

const short = (value: unknown): string => String(JSON.stringify(value)).slice(0, 160);

const istiod = findReal('pilot-discovery');
if ('reason' in istiod) {
  console.log(`skipped: no istiod (${istiod.reason})`);
  process.exit(0);
}
let unknown = 0;
const printed = new Set<string>();
for (const scenario of SCENARIOS) {
  for (const [proxy, { ours, real }] of await tellBoth(scenario, istiod.path)) {
    const differences = differencesOf(ours, real);
    const counts = Object.entries(real).map(
      ([type, list]) => `${type} ${ours[type as keyof typeof ours].length}/${list.length}`,
    );
    console.log(`${scenario} ${proxy}: ${counts.join(', ')}; ${differences.length} differences`);
    for (const difference of differences) {
      const name = `${isKnown(difference) ? 'known' : 'NEW'} ${difference.what}`;
      if (!isKnown(difference)) unknown++;
      if (printed.has(name)) continue;
      printed.add(name);
      const values = `ours ${short(difference.ours)}, real ${short(difference.real)}`;
      console.log(`  ${name} (${difference.resource}): ${values}`);
    }
  }
}
console.log(
  unknown === 0 ? 'No new difference.' : `${unknown} differences that docs/parity.md does not name`,
);
process.exit(unknown === 0 ? 0 : 1);
