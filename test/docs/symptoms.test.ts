import { readFileSync } from 'node:fs';
import t from 'tap';
import { SYMPTOM_WORDS } from '../../harness/verify/traffic.ts';
import { ROOT } from '../support/cli.ts';

t.test('docs/reports.md has every symptom with its words, in their order', async t => {
  const rows = [
    ...readFileSync(`${ROOT}/docs/reports.md`, 'utf8').matchAll(
      /^\| `([A-Z][\w-]*)` \| ([^|`]+) \| [^|]+ \|$/gm,
    ),
  ];
  t.same(
    rows.map(([, code, words]) => [code, words]),
    Object.entries(SYMPTOM_WORDS),
  );
});
