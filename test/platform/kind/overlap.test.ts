/**
 * What need not wait, and does not: with stand-ins that let one thing end only when the other has begun. Such
 * a run ends only if both go on at once.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { planTopology } from '../../../harness/plan/plan.ts';
import type { KindOptions } from '../../../harness/platform/kind/options.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { docker } from '../../support/docker.ts';
import { type KindWorld, kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
/** Milliseconds for what ends in ten seconds, or never. */
const PATIENCE_MS = 90_000;

/** Something that happens once. */
function event(): { readonly happens: () => void; readonly happened: Promise<void> } {
  let happens = () => {};
  const happened = new Promise<void>(resolve => {
    happens = resolve;
  });
  return { happens, happened };
}

interface Place {
  readonly world: KindWorld;
  readonly folder: string;
  readonly runId: string;
}

/** Runs the first steps of two primaries on one network, up to both installations. */
async function runOn({ world, folder, runId }: Place, options: Partial<KindOptions> = {}) {
  const topology = twoClusters(['network1', 'network1']);
  const plan = planTopology(topology, 'current');
  const last = plan.steps.findLastIndex(({ id }) => id.endsWith('/install-istio'));
  const session = await prepareSession({
    topology,
    plan: { ...plan, steps: plan.steps.slice(0, last + 1) },
    platform: world.platform(runId, options),
    diagnosticsFolder: join(folder, 'diagnostics'),
    checks: [],
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return await session.start();
}

async function placeFor(t: Test, name: string): Promise<Place> {
  const folder = t.testdir();
  const world = await kindWorld(folder, twoClusters(['network1', 'network1']));
  t.teardown(() => world[Symbol.asyncDispose]());
  return { world, folder, runId: `ko${name}x${process.pid.toString(36)}` };
}

function nothingLeft(t: Test, { folder, runId }: Place): void {
  const names = docker('ps', '-a', '--format', '{{.Names}}').split('\n');
  t.same(
    names.filter(name => name.includes(runId)),
    [],
    'no container is left',
  );
  const runs = join(folder, 'state', 'runs');
  t.same(existsSync(runs) ? readdirSync(runs) : [], [], 'no file is left');
}

t.test('archives are loaded while nodes get ready', { skip }, async t => {
  const place = await placeFor(t, 'a');
  const { hub } = place.world;
  const loaded = event();
  // Ready when both have their archive.
  let loads = 0;
  hub.lateness = { nodes: () => loaded.happened, nameServer: async () => {} };
  const archive = join(place.folder, 'images.tar');
  writeFileSync(archive, 'example.invalid/image:1\n');
  hub.faults = [
    {
      program: 'kind',
      when: 'load image-archive',
      how: {
        kind: 'meanwhile',
        act: () => {
          loads += 1;
          if (loads === 2) loaded.happens();
        },
      },
    },
  ];
  const outcome = await runOn(place, { imageArchives: [archive] });
  t.equal(outcome.verdict, 'passed', JSON.stringify(outcome.reason));
  nothingLeft(t, place);
});

t.test(
  'the installation begins while nodes get ready, and before there can be a proof',
  { skip },
  async t => {
    const place = await placeFor(t, 'b');
    const { hub } = place.world;
    const begun = event();
    // The gateways need the name server to find istiod, so it cannot wait for longer.
    hub.lateness = { nodes: () => begun.happened, nameServer: () => begun.happened };
    hub.faults = [
      { program: 'istioctl', when: '-f cluster1.yaml', how: { kind: 'meanwhile', act: begun.happens } },
    ];
    const outcome = await runOn(place);
    t.equal(outcome.verdict, 'passed', JSON.stringify(outcome.reason));
    t.same(
      [...outcome.steps.values()].filter(each => each !== 'done'),
      [],
      'every step was done',
    );
    nothingLeft(t, place);
  },
);

t.test('a proof that fails while steps go on ends the run, and no verdict is given', { skip }, async t => {
  const place = await placeFor(t, 'c');
  const { hub } = place.world;
  const begun = event();
  const node = `mh-${place.runId}-cluster1-control-plane`;
  hub.lateness = {
    nodes: async () => {},
    nameServer: async () => {
      await begun.happened;
      // By then the routes are set: the way to the other cluster's pods is closed by mistake.
      docker('exec', node, '/usr/bin/ip', 'route', 'replace', 'blackhole', '10.20.0.0/24');
    },
  };
  hub.faults = [
    {
      program: 'istioctl',
      when: '-f cluster1.yaml',
      how: { kind: 'hang', act: async () => begun.happens() },
    },
    { program: 'istioctl', when: '-f cluster2.yaml', how: { kind: 'fail', stderr: 'Error: of the mesh\n' } },
  ];
  const outcome = await runOn(place);
  t.match(outcome, {
    verdict: 'unknown',
    interrupted: false,
    exitCode: 3,
    reason: {
      kind: 'environment',
      message: /The networks are not what the scenario asks for: cluster1 to cluster2, pod → pod/,
    },
  });
  t.equal(outcome.steps.get('cluster1/install-istio'), 'interrupted', 'which would have hung for ever');
  t.equal(outcome.steps.get('cluster2/install-istio'), 'failed', 'and does not make the mesh fail');
  t.ok(existsSync(join(place.folder, 'diagnostics', 'harness.log')), 'what was made was described');
  nothingLeft(t, place);
});

t.test('archives are loaded while kind still makes the cluster', { skip }, async t => {
  const place = await placeFor(t, 'd');
  const { hub } = place.world;
  hub.restMs = 4000;
  const archive = join(place.folder, 'images.tar');
  writeFileSync(archive, 'example.invalid/image:1\n');
  const outcome = await runOn(place, { imageArchives: [archive] });
  t.equal(outcome.verdict, 'passed', JSON.stringify(outcome.reason));
  const loads = hub.calls.filter(({ argv }) => argv[0] === 'load');
  t.equal(loads.length, 2, 'once for each cluster');
  for (const load of loads) {
    const creation = hub.calls.find(
      ({ argv }) => argv[0] === 'create' && argv.includes(load.argv.at(-1) ?? ''),
    );
    t.ok(load.startedAtMs < (creation?.endedAtMs ?? 0), 'before its creation had ended');
  }
  nothingLeft(t, place);
});
