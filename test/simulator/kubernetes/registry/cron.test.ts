/** Schedules as github.com/robfig/cron/v3 reads them; the refusals are those of a real API server. */
import t from 'tap';
import { nextTime } from '../../../../harness/simulator/kubernetes/registry/cron-next.ts';
import { parseCron } from '../../../../harness/simulator/kubernetes/registry/cron-schedule.ts';
import { isTimeZone, localIso } from '../../../../harness/simulator/kubernetes/registry/time-zone.ts';

const MONDAY = '2026-11-30T10:08:01Z';
type Row = readonly [schedule: string, after: string, zone: string, next: readonly string[]];
const rows: readonly Row[] = [
  ['*/20 * * * *', MONDAY, 'UTC', ['2026-11-30T10:20:00Z', '2026-11-30T10:40:00Z', '2026-11-30T11:00:00Z']],
  ['5/30 8-10/2 * * *', MONDAY, 'UTC', ['2026-11-30T10:35:00Z', '2026-12-01T08:05:00Z']],
  ['0 12 13 * fri', MONDAY, 'UTC', ['2026-12-04T12:00:00Z', '2026-12-11T12:00:00Z', '2026-12-13T12:00:00Z']],
  ['0 12 */1 * 1,3', MONDAY, 'UTC', ['2026-11-30T12:00:00Z', '2026-12-02T12:00:00Z']],
  ['0 0 1 jan ?', MONDAY, 'UTC', ['2027-01-01T00:00:00Z']],
  ['@weekly', MONDAY, 'UTC', ['2026-12-06T00:00:00Z']],
  ['@every 1h30m', MONDAY, 'UTC', ['2026-11-30T11:38:01Z', '2026-11-30T13:08:01Z']],
  ['30 7 * * *', MONDAY, 'Asia/Kolkata', ['2026-12-01T02:00:00Z']],
  // Clocks skip 02:30 on 29 March, and midnight on 4 November.
  ['30 2 * * *', '2026-03-28T10:00:00Z', 'Europe/Berlin', ['2026-03-30T00:30:00Z']],
  ['0 0 * * *', '2018-11-03T10:00:00Z', 'America/Sao_Paulo', ['2018-11-05T02:00:00Z']],
];

t.test('a schedule comes at its times', async t => {
  for (const [schedule, after, zone, next] of rows) {
    let time = Date.parse(after);
    for (const expected of next) {
      time = nextTime(parseCron(schedule), time, zone) ?? 0;
      t.equal(new Date(time).toISOString(), expected.replace('Z', '.000Z'), schedule);
    }
  }
  t.equal(nextTime(parseCron('0 0 30 2 *'), Date.parse(MONDAY)), undefined, 'never');
});

t.test('what is no schedule is refused with the reason', async t => {
  for (const [schedule, problem] of [
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['@foo', 'unrecognized descriptor: @foo'],
    ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
  ] as const) {
    t.throws(() => parseCron(schedule), { message: problem });
  }
});

t.test('time zones have exact names', async t => {
  t.ok(['Europe/Berlin', 'US/Pacific', 'UTC', 'Etc/GMT+5'].every(isTimeZone));
  t.notOk(['europe/berlin', 'utc', 'Foo/Bar'].some(isTimeZone));
  t.equal(localIso(Date.parse(MONDAY), 'Asia/Kolkata'), '2026-11-30T15:38:01+05:30');
  t.equal(localIso(Date.parse(MONDAY), 'America/New_York'), '2026-11-30T05:08:01-05:00');
});
