import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import { formatJunit } from '../../harness/report/junit.ts';
import { type Element, readMarkup } from '../support/markup.ts';
import { failedRun, passedRun, REPORT_FACTS } from '../support/run-events.ts';

const events = [...passedRun(), ...failedRun()];
const report = buildReport(events, REPORT_FACTS);

/**
 * What Jenkins' schema allows (jenkinsci/xunit-plugin,
 * src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd): children in this order, and
 * attributes; those with a mark must be there.
 */
const SCHEMA: Readonly<
  Record<string, { readonly children: readonly string[]; readonly attributes: string }>
> = {
  testsuites: { children: ['testsuite'], attributes: 'name time tests failures errors' },
  testsuite: {
    children: ['properties', 'testcase', 'system-out', 'system-err'],
    attributes: 'name! tests! failures errors skipped time timestamp hostname',
  },
  properties: { children: ['property'], attributes: '' },
  property: { children: [], attributes: 'name! value!' },
  testcase: { children: ['skipped', 'error', 'failure', 'system-out'], attributes: 'name! classname time' },
  failure: { children: [], attributes: 'type message' },
  error: { children: [], attributes: 'type message' },
  skipped: { children: [], attributes: 'type message' },
  'system-out': { children: [], attributes: '' },
};

function defects({ name, attributes, children }: Element): readonly string[] {
  const rule = SCHEMA[name];
  if (!rule) return [`unknown element ${name}`];
  const allowed = rule.attributes.split(' ');
  const known = allowed.map(word => word.replace('!', ''));
  const ranks = children.map(child => rule.children.indexOf(child.name));
  const time = attributes['time'];
  return [
    ...Object.keys(attributes).flatMap(key => (known.includes(key) ? [] : [`${name} has ${key}`])),
    ...allowed.flatMap(word =>
      word.endsWith('!') && !(word.slice(0, -1) in attributes) ? [`${name} lacks ${word}`] : [],
    ),
    ...(ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))
      ? [`${name}: the order of its children`]
      : []),
    ...(time !== undefined && !/^\d+\.\d{3}$/.test(time) ? [`${name}: time ${time}`] : []),
    ...children.flatMap(defects),
  ];
}

t.test('it keeps to the schema, with a timestamp and a host', async t => {
  const root = readMarkup(formatJunit(report)).children[0];
  if (!root) return t.fail('it is empty');
  t.same(defects(root), []);
  t.ok(defects({ ...root, name: 'suites' } as Element).length > 0, 'what the schema lacks is found');
  for (const { attributes } of root.find('testsuite')) {
    t.match(attributes['timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    t.equal(attributes['hostname'], 'builder-7');
  }
});

t.test('times are real seconds, whatever the clock of the run', async t => {
  const [suite] = readMarkup(formatJunit(report)).find('testsuite');
  t.equal(suite?.attributes['time'], '0.140', '20 steps of 7 ms from the first event to the last');
  t.equal(report.scenarios[0]?.durationMs, 5100, 'of virtual time');
  const [step] = suite?.find('testcase') ?? [];
  t.equal(step?.attributes['time'], '0.007');
  const withoutWall = events.map(({ wallMs: _, ...event }) => event);
  const [old] = readMarkup(formatJunit(buildReport(withoutWall))).find('testsuite');
  t.equal(old?.attributes['time'], '5.100', 'a log without the wall’s clock has only the run’s');
});

t.test('a case has a name that people read, and the cause as its message; data lie apart', async t => {
  const failed = readMarkup(formatJunit(report))
    .find('testcase')
    .find(each => each.find('failure').length > 0 && /checks$/.test(each.attributes['classname'] ?? ''));
  t.match(failed?.attributes['name'], /^Calls from cluster1 .*\(cluster1-reaches-every-version\)$/);
  const [failure] = failed?.find('failure') ?? [];
  t.equal(
    failure?.attributes['message'],
    'The proxies of cluster1 have no endpoint in cluster2: the istiod of cluster1 has no remote secret for cluster2.',
  );
  t.notMatch(failure?.text, /"convergence"|\{\n/);
  t.match(failure?.text, /Seen: /);
  const [output] = failed?.find('system-out') ?? [];
  t.equal(JSON.parse(output?.text ?? '').from, 'cluster1');
});

t.test('equal runs have the same file but for times and the host', async t => {
  const later = events.map(event => ({ ...event, wallMs: (event.wallMs ?? 0) * 2 }));
  const plain = (text: string) => text.replace(/ (time|timestamp|hostname)="[^"]*"/g, '');
  const other = formatJunit(
    buildReport(later, { ...REPORT_FACTS, host: { ...REPORT_FACTS.host, name: 'other' } }),
  );
  t.not(other, formatJunit(report));
  t.equal(plain(other), plain(formatJunit(report)));
});
