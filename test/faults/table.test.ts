/**
 * The same seed gives the same table: a few rows are measured anew each day, all of them by `npm run tables`.
 * `UPDATE_GOLDEN=1 npm run tables` writes the table anew.
 */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { type FaultRow, measuredRows, RECORDED, recordedTable, SCENARIOS } from '../support/fault-table.ts';
import { isNightly } from '../support/nightly.ts';

const isWritten = process.env['UPDATE_GOLDEN'] === '1';

t.test('the first rows are what was recorded', { skip: isWritten }, async t => {
  const [scenario] = SCENARIOS;
  const [first] = recordedTable()[scenario] ?? [];
  t.same(await measuredRows(scenario, [first?.fault ?? 'none']), [first]);
});

const skip = isNightly || isWritten ? false : 'only in npm run tables';
t.test('every row is what was recorded', { skip, timeout: 1_800_000 }, async t => {
  const measured: Record<string, readonly FaultRow[]> = {};
  for (const scenario of SCENARIOS) measured[scenario] = await measuredRows(scenario, ['all']);
  if (isWritten) writeFileSync(RECORDED, `${JSON.stringify(measured, null, 1)}\n`);
  else t.same(measured, recordedTable());
});

t.test('every mesh was held against twelve faults or more, and recovered from each', async t => {
  for (const scenario of SCENARIOS) {
    const rows = recordedTable()[scenario] ?? [];
    t.ok(rows.length >= 12, `${scenario}: ${rows.length}`);
    for (const { fault, recoveredMs, passedAfter } of rows)
      t.ok(recoveredMs !== null && passedAfter > 0, `${scenario}: ${fault}`);
  }
});
