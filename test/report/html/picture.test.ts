/** The picture of the page, read back from its SVG and held against what was seen, element by element. */
import t, { type Test } from 'tap';
import { buildReport } from '../../../harness/report/build.ts';
import { formatHtml } from '../../../harness/report/html/html.ts';
import type { ConformanceReport, ScenarioReport } from '../../../harness/report/report.ts';
import { run } from '../../../harness/session/run.ts';
import { subjectOf } from '../../../harness/verify/diagnose/steps.ts';
import type { SeenCluster, Sight } from '../../../harness/verify/seen/seen.ts';
import { FOUR, largeTopology, planOf, topologyOf } from '../../plan/scenarios.ts';
import { impatientChecks } from '../../support/impatient-checks.ts';
import { type Element, readMarkup } from '../../support/markup.ts';
import { isNightly } from '../../support/nightly.ts';
import { reportOn } from '../../support/pictured.ts';
import { passedRun } from '../../support/run-events.ts';

t.setTimeout(1_800_000);

/** What the evidence says of an element: its state, or nothing where there is none. */
function evidenceOf(id: string, { seen, topology }: ScenarioReport): Sight | undefined {
  const [kind = '', name = '', ...rest] = id.split('/');
  const cluster = seen.clusters.find(each => each.cluster === name);
  if (kind === 'call') return seen.calls.find(({ from, to }) => from === name && to === rest[0]);
  if (!cluster) return undefined;
  if (kind === 'secret') return secretOf(cluster, rest);
  if (kind === 'xds') {
    if (rest.length === 2) return cluster.proxies.find(({ workload }) => workload === rest[0]);
    // One line stands for all proxies that one istiod serves from afar.
    const primary = rest[0] ?? '';
    const served = cluster.proxies.filter(({ istiods }) => istiods.includes(primary));
    const spec = topology.clusters.find(each => each.name === name);
    const lost = cluster.proxies.filter(({ istiods }) => istiods.length === 0);
    const isControl = spec?.role.kind === 'remote' && spec.role.controlPlane === primary;
    const candidates = isControl ? [...served, ...lost] : served;
    return (
      candidates.find(({ state }) => state === 'present') ??
      candidates.find(({ state }) => state === 'broken') ??
      candidates[0]
    );
  }
  const parts: Readonly<Record<string, Sight | undefined>> = {
    'api-server': cluster.apiServer,
    istiod: cluster.istiod,
    'istiod-service': cluster.istiodService,
    gateway: cluster.gateway,
    client: cluster.client,
    helloworld: cluster.helloWorld.find(({ version }) => version === rest[0]),
  };
  return parts[kind];
}

function secretOf(
  { remoteSecrets }: SeenCluster,
  [of = '', number = '1']: readonly string[],
): Sight | undefined {
  const secrets = remoteSecrets.secrets.filter(({ cluster }) => cluster === of);
  if (secrets.length > 0) return secrets[Number(number) - 1];
  return { ...remoteSecrets, state: remoteSecrets.state === 'not-seen' ? 'not-seen' : 'absent' };
}

/** Lists the ids of all that was seen, whether in order or broken. */
function seenIds({ seen }: ScenarioReport): readonly string[] {
  const isThere = ({ state }: Sight) => state === 'present' || state === 'broken';
  return [
    ...seen.calls.map(({ from, to }) => `call/${from}/${to}`),
    ...seen.clusters.flatMap(each => {
      const { cluster: name, proxies, remoteSecrets, helloWorld } = each;
      const parts = {
        'api-server': each.apiServer,
        istiod: each.istiod,
        'istiod-service': each.istiodService,
        gateway: each.gateway,
        client: each.client,
      };
      return [
        ...Object.entries(parts).flatMap(([kind, sight]) => (isThere(sight) ? [`${kind}/${name}`] : [])),
        ...helloWorld.filter(isThere).map(({ version }) => `helloworld/${name}/${version}`),
        ...remoteSecrets.secrets.flatMap(({ cluster }) =>
          cluster === null ? [] : [`secret/${name}/${cluster}`],
        ),
        ...proxies.flatMap(({ workload, istiods }) =>
          istiods.map(istiod => `xds/${name}/${workload}/${istiod}`),
        ),
      ];
    }),
  ];
}

/** Reads the elements of a scenario's figure. */
function drawnIn(figure: Element): ReadonlyMap<string, Element> {
  const drawn = figure.all().filter(({ attributes }) => attributes['data-element'] !== undefined);
  return new Map(drawn.map(element => [element.attributes['data-element'] ?? '', element]));
}

function holdPicture(t: Test, scenario: ScenarioReport, figure: Element): void {
  const drawn = drawnIn(figure);
  const unlike = [...drawn].flatMap(([id, { attributes }]) => {
    const evidence = evidenceOf(id, scenario);
    return evidence?.state === attributes['data-state']
      ? []
      : [`${id} ${attributes['data-state']}, ${evidence?.state}`];
  });
  t.same(unlike, [], 'each element is drawn as it was seen');
  t.same(
    seenIds(scenario).filter(id => !drawn.has(id)),
    [],
    'all that was seen is drawn',
  );
  for (const { from, to, via } of scenario.seen.calls) {
    if (via === undefined) continue;
    const shown = drawn.get(`call/${from}/${to}`)?.attributes['data-via'];
    t.equal(shown, via === null ? undefined : `gateway/${via}`, `the way from ${from} to ${to}`);
  }
  const notes = figure.find('li').flatMap(({ attributes }) => attributes['data-notes']?.split(' ') ?? []);
  const bad = [...drawn].filter(([, { attributes }]) => attributes['data-state'] === 'broken');
  t.same(
    bad.map(([id]) => id).filter(id => !notes.includes(id)),
    [],
    'what is broken has a note',
  );
  holdFlag(t, scenario, drawn);
  holdLegend(t, figure, drawn);
  t.equal(figure.find('svg')[0]?.attributes['role'], 'img');
  for (const { attributes } of figure.find('svg')) {
    const named = `${attributes['aria-labelledby'] ?? ''} ${attributes['aria-describedby'] ?? ''}`.trim();
    for (const id of named === '' ? [] : named.split(' '))
      t.ok(
        figure.all().some(each => each.attributes['id'] === id && each.text.length > 10),
        `${id} tells`,
      );
  }
}

/** What the diagnosis points to has a flag, if it is drawn; nothing else has. */
function holdFlag(t: Test, scenario: ScenarioReport, drawn: ReadonlyMap<string, Element>): void {
  const flagged = [...drawn]
    .filter(([, { attributes }]) => attributes['data-suspect'] === 'true')
    .map(([id]) => id);
  const step = scenario.reason?.diagnosis?.steps[0];
  const subject = step === undefined ? undefined : subjectOf(step);
  if (scenario.verdict === 'passed') t.same(flagged, [], 'a mesh in order has no flag');
  else if (subject && 'into' in subject) {
    t.same(flagged, [`secret/${subject.into}/${subject.of}`], 'the flag is at the remote secret');
  } else if (subject && 'cluster' in subject) {
    t.ok(flagged.length > 0, `${step} is flagged`);
    for (const id of flagged)
      t.equal(id.split('/')[1], subject.cluster, `${id} is of the cluster of ${step}`);
  }
}

function holdLegend(t: Test, figure: Element, drawn: ReadonlyMap<string, Element>): void {
  const legend = figure.find('ul').find(({ attributes }) => attributes['class'] === 'legend');
  const looks = (legend?.find('g') ?? []).map(({ attributes }) => attributes['class'] ?? '');
  const isDrawn = (look: string) =>
    [...drawn.values()].some(({ attributes }) =>
      look.split(' ').every(word => attributes['class']?.split(' ').includes(word)),
    );
  t.ok(looks.length > 0, 'there is a legend');
  t.same(
    looks.filter(look => !isDrawn(look)),
    [],
    'the legend names what is drawn, and no more',
  );
}

function figuresOf(report: ConformanceReport): readonly Element[] {
  return readMarkup(formatHtml(report)).find('figure');
}

interface Case {
  readonly scenario: string;
  readonly edition: string;
  readonly omit?: string;
  readonly extended?: boolean;
}

async function reportOf({ scenario, edition, omit, extended = false }: Case): Promise<ConformanceReport> {
  const topology = await topologyOf(scenario);
  const plan = await planOf(scenario, edition);
  const checks = impatientChecks(topology, plan, { extended });
  return await run({
    topology,
    plan,
    checks,
    requests: 100,
    risk: 1e-3,
    omit: omit === undefined ? [] : [omit],
  });
}

const BY_DAY: readonly Case[] = [
  { scenario: 'primary-remote-multi-network', edition: '1.8' },
  { scenario: 'multi-primary-multi-network', edition: 'current', omit: 'cluster1/install-gateway' },
];

async function allCases(): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const scenario of FOUR)
    for (const edition of ['1.8', 'current']) {
      const { steps } = await planOf(scenario, edition);
      cases.push({ scenario, edition }, ...steps.map(({ id }) => ({ scenario, edition, omit: id })));
    }
  return cases;
}

for (const options of isNightly ? await allCases() : BY_DAY) {
  const { scenario, edition, omit } = options;
  t.test(`${scenario}, edition ${edition}${omit === undefined ? '' : `, without ${omit}`}`, async t => {
    const report = await reportOf(options);
    const [figure] = figuresOf(report);
    const [only] = report.scenarios;
    if (!figure || !only) return t.fail('no figure');
    holdPicture(t, only, figure);
  });
}

t.test('a page of four scenarios has less than a megabyte', async t => {
  // By night with the checks and steps of real runs, which are most of it.
  const told = isNightly
    ? await Promise.all(FOUR.map(scenario => reportOf({ scenario, edition: '1.8', extended: true })))
    : [];
  const scenarios = isNightly
    ? told.flatMap(report => report.scenarios)
    : (await Promise.all(FOUR.map(topologyOf))).map(topology => reportOn(topology));
  t.equal(scenarios.length, 4);
  const page = formatHtml({ ...buildReport([]), scenarios });
  t.ok(Buffer.byteLength(page) < (isNightly ? 1e6 : 2e5), `${Buffer.byteLength(page)} bytes`);
});

t.test('what each kind of trouble leaves of a mesh is drawn', async t => {
  const gone: Sight = { state: 'absent' };
  const topology = await topologyOf('two-primaries-one-remote');
  const scenario = reportOn(topology, each => ({
    ...each,
    gateway: { ...each.gateway, ...gone },
    remoteSecrets: {
      ...each.remoteSecrets,
      secrets: each.remoteSecrets.secrets.map((secret, index) =>
        index === 0
          ? { ...secret, state: 'broken', error: 'istiod does not know it' }
          : { ...secret, cluster: null },
      ),
    },
  }));
  const report = { ...buildReport([]), scenarios: [scenario] };
  const [figure] = figuresOf(report);
  if (!figure) return t.fail('no figure');
  holdPicture(t, scenario, figure);
  t.match(
    figure
      .find('ol')[0]
      ?.all()
      .map(({ text }) => text)
      .join(),
    /no cluster of the mesh/,
  );
});

t.test('twenty clusters have tables, in which each way is told', async t => {
  const scenario = reportOn(largeTopology(20, 3));
  const [figure] = figuresOf({ ...buildReport([]), scenarios: [scenario] });
  if (!figure) return t.fail('no figure');
  holdPicture(t, scenario, figure);
  t.equal(figure.find('table').length, 3);
});

t.test('a run whose clusters never came up is told as not seen', async t => {
  const report = buildReport(passedRun().slice(0, 1));
  const [scenario] = report.scenarios;
  const [figure] = figuresOf(report);
  if (!figure || !scenario) return t.fail('no figure');
  t.match(scenario.seen.clusters, [
    { istiod: { state: 'not-seen', error: 'the clusters never came up' } },
    {},
  ]);
  holdPicture(t, scenario, figure);
  const states = [...drawnIn(figure).values()].map(({ attributes }) => attributes['data-state']);
  t.same([...new Set(states)], ['not-seen']);
});

t.test('an interrupted run has seen nothing, and says so', async t => {
  const events = passedRun().filter(({ type }) => type !== 'clusters-seen' && type !== 'run-ended');
  const ended = { atMs: 1, type: 'run-ended', verdict: 'unknown', interrupted: true, durationMs: 1 } as const;
  const [scenario] = buildReport([...events, ended]).scenarios;
  t.match(scenario?.seen.clusters[0]?.gateway, { state: 'not-seen', error: 'the run was interrupted' });
});
