/** Ledgers that somebody else has written into: nothing is guessed, and nothing is lost in silence. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { clean } from '../../harness/platform/clean.ts';
import { Ledger, ledgerFile, readLedgers } from '../../harness/platform/ledger.ts';
import { asDead } from '../support/ledgers.ts';

const connect = () => Promise.reject(new Error('nothing of this is in Docker'));

t.test('a last line that was cut off stands for nothing', async t => {
  const state = t.testdir();
  const ledger = Ledger.open(state, 'run1', 'existing');
  appendFileSync(ledgerFile(ledger.folder), '{"type":"network","na');
  ledger.close();
  t.match(readLedgers(state), [{ runId: 'run1', platform: 'existing', networks: [], unread: [] }]);
  asDead(state);
  const { removed, failures } = await clean({ state, clock: systemClock, connect });
  t.same(failures, []);
  t.equal(removed.length, 1);
});

t.test('a whole line that cannot be read keeps the ledger, and is told', async t => {
  for (const line of [
    '{"type":"network"}',
    '{"type":"network","name":7}',
    '{"type":"existing","cluster":"cluster1"}',
    '{"type":"volume","name":"a"}',
    'null',
    '{',
  ]) {
    const state = t.testdir();
    const ledger = Ledger.open(state, 'run1', 'existing');
    appendFileSync(ledgerFile(ledger.folder), `${line}\n`);
    ledger.close();
    asDead(state);
    const { removed, failures } = await clean({ state, clock: systemClock, connect });
    t.same(removed, [], line);
    t.match(
      failures.join(),
      /^run run1: line 2 of .*ledger\.jsonl cannot be read: what it noted may be left/,
    );
    t.ok(existsSync(ledgerFile(ledger.folder)), 'and stays for whoever looks');
  }
});

t.test('an owner that is no process is not taken for one', async t => {
  for (const pid of [0, -1, 1.5, '1', null]) {
    const state = t.testdir();
    const ledger = Ledger.open(state, 'run1', 'existing');
    ledger.close();
    const file = ledgerFile(ledger.folder);
    const forged = readFileSync(file, 'utf8').replace(/"pid":\d+/, `"pid":${JSON.stringify(pid)}`);
    t.not(forged, readFileSync(file, 'utf8'));
    appendFileSync(file, forged);
    t.match(readLedgers(state), [{ unread: [2] }], path.basename(file));
  }
});
