import t, { type Test } from 'tap';
import type { Topology } from '../../../harness/model/topology.ts';
import { labelsOf } from '../../../harness/report/html/picture-labels.ts';
import { hasArrows, overlap, type Point, type Rect } from '../../../harness/report/html/picture-layout.ts';
import type { PictureModel } from '../../../harness/report/html/picture-model.ts';
import { type Routed, routed } from '../../../harness/report/html/picture-routes.ts';
import { wayTables } from '../../../harness/report/html/picture-tables.ts';
import type { SeenCluster, Sight } from '../../../harness/verify/seen/seen.ts';
import { FOUR, largeTopology, topologyOf } from '../../plan/scenarios.ts';
import { modelOf } from '../../support/pictured.ts';

const boxesOf = ({ clusters }: Routed) =>
  [...clusters.values()].flatMap(({ parts }) => [...parts].map(([id, rect]) => ({ id, rect })));

/** The box around a line, without its very ends, where it touches what it joins. */
function lineBox(a: Point, b: Point): Rect {
  const inset = 1;
  const width = Math.abs(a.x - b.x);
  const height = Math.abs(a.y - b.y);
  return {
    x: Math.min(a.x, b.x) + (width > 0 ? inset : 0),
    y: Math.min(a.y, b.y) + (height > 0 ? inset : 0),
    width: Math.max(0, width - 2 * inset),
    height: Math.max(0, height - 2 * inset),
  };
}

function holds(t: Test, name: string, model: PictureModel): void {
  const plan = routed(model);
  const boxes = boxesOf(plan);
  const clash = (rects: readonly { readonly id: string; readonly rect: Rect }[]) =>
    rects.flatMap((one, index) =>
      rects
        .slice(index + 1)
        .filter(other => overlap(one.rect, other.rect))
        .map(other => `${one.id} and ${other.id}`),
    );
  const isStacked = (pair: string) => /helloworld.* and helloworld/.test(pair);
  t.same(
    clash(boxes).filter(pair => !isStacked(pair)),
    [],
    `${name}: no box covers another`,
  );
  const clusters = [...plan.clusters.values()].map(({ cluster, rect }) => ({ id: cluster.name, rect }));
  t.same(clash(clusters), [], `${name}: no cluster covers another`);
  const frames = plan.frames.map(({ network, rect }) => ({ id: network, rect }));
  const networks = new Set(model.clusters.map(({ network }) => network));
  t.same(new Set(frames.map(({ id }) => id)), networks, `${name}: each network has a frame`);
  t.equal(frames.length, networks.size, `${name}: and no second one`);
  t.same(clash(frames), [], `${name}: no network covers another`);
  const strangers = [...plan.clusters.values()].flatMap(({ cluster, rect }) =>
    frames
      .filter(frame => overlap(frame.rect, rect) !== (frame.id === cluster.network))
      .map(frame => `${cluster.name} and ${frame.id}`),
  );
  t.same(strangers, [], `${name}: a cluster is in the frame of its network alone`);
  const crossed = plan.routes.flatMap(({ way, legs }) =>
    legs.flatMap(points =>
      points
        .slice(1)
        .flatMap((point, index) =>
          boxes
            .filter(({ rect }) => overlap(lineBox(points[index] ?? point, point), rect))
            .map(({ id }) => `${way.id} through ${id}`),
        ),
    ),
  );
  t.same(crossed, [], `${name}: no arrow runs through a box`);
  const slanted = plan.routes.flatMap(({ way, legs }) =>
    legs.flatMap(points =>
      points.slice(1).flatMap((point, index) => {
        const before = points[index] ?? point;
        return before.x === point.x || before.y === point.y ? [] : [way.id];
      }),
    ),
  );
  t.same(slanted, [], `${name}: arrows have right angles`);
  const labels = labelsOf(
    plan.routes,
    way => `${way.label} [12]`,
    boxes.map(({ rect }) => rect),
  );
  t.equal(labels.length, plan.routes.length, `${name}: each arrow has its words`);
  t.same(clash(labels.map(({ way, rect }) => ({ id: way.id, rect }))), [], `${name}: no words cover others`);
  const page = { x: 0, y: 0, width: plan.width, height: plan.height };
  const outside = [...boxes, ...labels.map(({ way, rect }) => ({ id: way.id, rect }))].filter(
    ({ rect: { x, y, width, height } }) =>
      x < 0 || y < 0 || x + width > page.width || y + height > page.height,
  );
  t.same(outside, [], `${name}: all of it is on the picture`);
}

const spoilt: Readonly<Record<string, (sight: Sight) => Sight>> = {
  'in order': sight => sight,
  broken: sight => (sight.state === 'present' ? { ...sight, state: 'broken', error: 'it is' } : sight),
  'not seen': sight => ({ ...sight, state: 'not-seen', error: 'no answer' }),
};

/** Changes how every part of a cluster was seen. */
function spoil(cluster: SeenCluster, change: (sight: Sight) => Sight): SeenCluster {
  const { istiod, istiodService, gateway, client, remoteSecrets } = cluster;
  return {
    ...cluster,
    istiod: { ...istiod, ...change(istiod) },
    istiodService: { ...istiodService, ...change(istiodService) },
    gateway: { ...gateway, ...change(gateway) },
    client: { ...client, ...change(client) },
    helloWorld: cluster.helloWorld.map(each => ({ ...each, ...change(each) })),
    proxies: cluster.proxies.map(each => ({ ...each, ...change(each) })),
    remoteSecrets: {
      ...remoteSecrets,
      secrets: remoteSecrets.secrets.map(each => ({ ...each, ...change(each) })),
    },
  };
}

const topologies: readonly (readonly [string, Topology])[] = [
  ...(await Promise.all(FOUR.map(async name => [name, await topologyOf(name)] as const))),
  ['two primaries and a remote', await topologyOf('two-primaries-one-remote')],
  ['three networks', await topologyOf('three-networks')],
  ['a network of two clusters, and one of one', largeTopology(3, 2)],
  ['four clusters', largeTopology(4, 2)],
  ['seven clusters', largeTopology(7, 3)],
  ['twenty clusters', largeTopology(20, 3)],
  ['twenty clusters on seven networks', largeTopology(20, 7)],
];

for (const [name, topology] of topologies) {
  t.test(name, async t => {
    for (const [look, change] of Object.entries(spoilt))
      holds(
        t,
        look,
        modelOf(topology, cluster => spoil(cluster, change)),
      );
  });
}

t.test('arrows between more than three clusters are left to tables', async t => {
  t.ok(hasArrows(modelOf(largeTopology(3, 2))));
  const many = modelOf(largeTopology(20, 3));
  t.notOk(hasArrows(many));
  const plan = routed(many);
  t.equal(
    plan.routes.length,
    many.ways.filter(({ from, to }) => from.split('/')[1] === to.split('/')[1]).length,
  );
  t.ok(plan.width < 1500, `${plan.width} wide`);
});

t.test('a table of a large mesh has only the columns that lead somewhere', t => {
  const columnsOf = (clusters: number) => {
    const model = modelOf(largeTopology(clusters, 3));
    const { text } = wayTables(model, { numbered: new Map(), suspects: new Set() }, 'large');
    return [...text.matchAll(/<table class="matrix">.*?<\/thead>/gs)].map(
      ([table]) => [...table.matchAll(/scope="col"/g)].length,
    );
  };
  t.same(columnsOf(4), [4, 4, 4]);
  // A third of the twenty are remotes, whom no proxy asks for its configuration.
  const [calls, secrets, xds = 0] = columnsOf(20);
  t.same([calls, secrets], [20, 20]);
  t.ok(xds > 0 && xds <= 14, `${xds} columns`);
  t.end();
});
