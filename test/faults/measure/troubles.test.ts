import t from 'tap';
import { EVERY_MS, type TimedCall } from '../../../harness/faults/measure/calls.ts';
import {
  isCalm,
  MISSING_MS,
  missingIn,
  troublesIn,
  type Watched,
} from '../../../harness/faults/measure/troubles.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { groupsFrom } from '../../../harness/verify/groups.ts';
import { twoClusters } from '../../support/topologies.ts';

const topology = twoClusters(['network1', 'network1']);
const source = clusterName('cluster1');
const groups = groupsFrom(topology, { network: topology.clusters[0]?.network ?? ('network1' as never) });

/** A call each half second: `1` and `2` answer from a cluster, `!` is an error, `-` hangs for 12 s. */
function watched(text: string): Watched {
  const calls = [...text].map((letter, index): TimedCall => {
    const startMs = index * EVERY_MS;
    const hangs = letter === '-';
    return {
      source,
      startMs,
      endMs: startMs + (hangs ? 12_000 : 10),
      answer:
        letter === '!' || hangs
          ? { kind: 'error', seconds: hangs ? 12 : 0, error: '503' }
          : { kind: 'answer', seconds: 0, version: `v${letter}`, instance: `pod-${letter}` },
    };
  });
  return { calls, groups, locate: (_instance, version) => `cluster${version.slice(1)}` };
}

const HEALTHY = '12'.repeat(40);
const END = 80 * EVERY_MS;

t.test('healthy calls are in no trouble', async t => {
  t.same(troublesIn(watched(HEALTHY), 0, END), { any: false, overMs: undefined });
  t.ok(isCalm(watched(HEALTHY), 0, Infinity));
  t.notOk(isCalm(watched(HEALTHY), END - 5000, Infinity), 'too few calls since');
  t.notOk(isCalm(watched(HEALTHY), 0, END - MISSING_MS - 1000), 'an older call is under way');
});

t.test('an error is over with the next call', async t => {
  const calls = watched(`${'12'.repeat(10)}!!!${'12'.repeat(30)}`);
  t.same(troublesIn(calls, 0, END), { any: true, overMs: 23 * EVERY_MS });
  t.same(troublesIn(watched(`${HEALTHY}!`), 0, END + EVERY_MS), { any: true, overMs: undefined });
});

t.test('who is missing is told, and when it is back', async t => {
  const calls = watched(`${'12'.repeat(10)}${'1'.repeat(30)}${'12'.repeat(20)}`);
  const [, second] = groups;
  t.same(missingIn(calls, 25 * EVERY_MS, 50 * EVERY_MS), [second]);
  t.same(missingIn(calls, 0, END), []);
  t.same(troublesIn(calls, 0, 90 * EVERY_MS), { any: true, overMs: 51 * EVERY_MS + 10 }, 'the first answer');
  t.same(troublesIn(calls, 0, 50 * EVERY_MS), { any: true, overMs: undefined }, 'it stays away');
  t.same(troublesIn(calls, 55 * EVERY_MS, 90 * EVERY_MS), { any: false, overMs: undefined });
});

t.test('a call that hangs at the end is trouble that is not over', async t => {
  const calls = watched(`${'12'.repeat(10)}-${'12'.repeat(30)}`);
  t.same(troublesIn(calls, 0, 21 * EVERY_MS + 11_000), { any: true, overMs: undefined });
});
