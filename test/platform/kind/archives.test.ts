/**
 * A run from archives, with every registry cut off: gateways and sidecars come up from the images that are on
 * the nodes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../harness/base/package-root.ts';
import type { RunEvent } from '../../../harness/run/events.ts';
import { loadScenario } from '../../../harness/scenario/load.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';

const skip = nodesMissing() ?? false;

const IMAGES = {
  current: [
    'registry.istio.io/release/pilot:1.30.3',
    'registry.istio.io/release/proxyv2:1.30.3',
    'registry.istio.io/release/examples-helloworld-v1:1.0',
    'registry.istio.io/release/examples-helloworld-v2:1.0',
    'docker.io/curlimages/curl:8.16.0',
  ],
  '1.8': [
    'docker.io/istio/pilot:1.8.0',
    'docker.io/istio/proxyv2:1.8.0',
    'docker.io/istio/examples-helloworld-v1:latest',
    'docker.io/istio/examples-helloworld-v2:latest',
    'docker.io/governmentpaas/curl-ssl:latest',
  ],
};

interface Wanted {
  readonly edition: keyof typeof IMAGES;
  readonly runId: string;
  readonly set?: readonly string[];
  /** Of all deadlines: what can not come up need not be waited for as long. */
  readonly deadlineScale?: number;
}

async function runFromArchives(folder: string, { edition, runId, set = [], deadlineScale = 1 }: Wanted) {
  const { topology } = await loadScenario('primary-remote-multi-network', {
    folder: join(packageRoot(), 'scenarios'),
  });
  await using world = await kindWorld(folder, topology, edition);
  world.clusters.cutRegistries();
  const archive = join(folder, 'images.tar');
  writeFileSync(archive, `${IMAGES[edition].join('\n')}\n`);
  const events: RunEvent[] = [];
  const session = await prepareSession({
    topology,
    edition,
    deadlineScale,
    platform: world.platform(runId, { imageArchives: [archive], set }),
    listeners: [event => void events.push(event)],
  });
  const outcome = await session.start();
  return { outcome, events };
}

t.jobs = 3;
const ownId = (name: string) => `${name}${process.pid.toString(36)}`;

for (const [edition, id] of [
  ['current', 'kac'],
  ['1.8', 'kae'],
] as const) {
  t.test(`edition ${edition} passes from archives alone`, { skip }, async t => {
    const { outcome, events } = await runFromArchives(t.testdir(), { edition, runId: ownId(id) });
    t.equal(outcome.verdict, 'passed', JSON.stringify(outcome.reason));
    const started = events.find(event => event.type === 'platform-started');
    const adjusted = started?.adjustments.filter(({ addArgs }) =>
      addArgs.includes('values.global.imagePullPolicy=IfNotPresent'),
    );
    t.same(
      adjusted?.map(({ cluster, verb }) => [cluster, ...verb].join(' ')),
      ['cluster1 install', 'cluster2 install'],
    );
    t.match(adjusted?.[0]?.because, /images are on the nodes by then/);
  });
}

t.test('without that policy the east-west gateway asks a registry for what is there', { skip }, async t => {
  // What the user sets comes last, so that it counts.
  const { outcome, events } = await runFromArchives(t.testdir(), {
    edition: 'current',
    runId: ownId('kaw'),
    set: ['values.global.imagePullPolicy='],
    deadlineScale: 0.1,
  });
  t.not(outcome.verdict, 'passed');
  const steps = [...outcome.steps].filter(([, ended]) => ended === 'failed').map(([id]) => id);
  t.same(steps, ['cluster1/install-gateway'], JSON.stringify(outcome.reason));
  t.match(outcome.reason?.message, /ImagePullBackOff|ErrImagePull/);
  const step = events.find(event => event.type === 'step-ended' && event.outcome === 'failed');
  const words = step?.type === 'step-ended' ? step.problem?.message : '';
  t.match(
    `${words} ${outcome.reason?.hint}`,
    /istioctl ended with exit code 1: ✘ Ingress gateways encountered an error: failed to wait/,
    'not with the drawing that istioctl begins with',
  );
});
