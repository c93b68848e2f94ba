/**
 * The four scenarios of the guide on kind, from the first command to the last, with stand-ins for kind,
 * kubectl and istioctl.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { packageRoot } from '../../../harness/base/package-root.ts';
import { quoteArgv } from '../../../harness/base/quote.ts';
import type { Plan } from '../../../harness/plan/step.ts';
import type { RunEvent } from '../../../harness/run/events.ts';
import { loadScenario } from '../../../harness/scenario/load.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { docker } from '../../support/docker.ts';
import { callsOf, transcript } from '../../support/kind-transcript.ts';
import { type KindWorld, kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import type { Call } from '../../support/stand-ins/calls.ts';

const skip = nodesMissing() ?? false;
const GOLDEN = join(packageRoot(), 'fixtures', 'golden', 'kind');

/** Two calls that wait for each other: it goes on only if they overlap. */
function meeting(): () => Promise<void> {
  let arrived = 0;
  let open = () => {};
  const met = new Promise<void>(resolve => {
    open = resolve;
  });
  return async () => {
    arrived += 1;
    if (arrived === 2) open();
    await met;
  };
}

async function runOn(t: Test, world: KindWorld, scenario: string, runId: string, edition: string) {
  const { topology } = await loadScenario(scenario, { folder: join(packageRoot(), 'scenarios') });
  const events: RunEvent[] = [];
  const found: KubernetesObject[] = [];
  const session = await prepareSession({
    topology,
    edition,
    platform: world.platform(runId),

    listeners: [event => void events.push(event)],
    beforeCleanUp: async ({ clusters }) => {
      const [cluster] = clusters.values();
      if (!cluster) return;
      const client = new KubernetesClient(cluster.kubeconfig('this-machine'));
      found.push(...(await client.list({ apiVersion: 'apps/v1', plural: 'deployments' })).items);
      client.close();
    },
  });
  const outcome = await session.start();
  t.equal(outcome.verdict, 'passed', JSON.stringify(outcome.reason));
  return { plan: session.plan, events, deployments: found };
}

/**
 * Each dependency had ended before its dependent began: by the run's own events, and by the calls of lines that
 * belong to one step only.
 */
function orderFaults(plan: Plan, events: readonly RunEvent[], calls: readonly Call[]): readonly string[] {
  const at = (type: 'step-started' | 'step-ended', id: string) =>
    events.findIndex(event => event.type === type && event.step === id);
  const linesOf = (id: string): readonly string[] => {
    const ended = events.find(event => event.type === 'step-ended' && event.step === id);
    return ended?.type === 'step-ended' ? ended.commands.map(({ line }) => line) : [];
  };
  const all = plan.steps.flatMap(({ id }) => linesOf(id));
  const callsOfStep = (id: string) =>
    linesOf(id)
      .filter(line => all.indexOf(line) === all.lastIndexOf(line))
      .flatMap(line => callsOf(calls, line))
      .map(call => calls.indexOf(call));
  return plan.steps.flatMap(step =>
    step.dependsOn.flatMap(before => {
      const last = Math.max(...callsOfStep(before), -1);
      const first = Math.min(...callsOfStep(step.id), calls.length);
      const isInOrder =
        at('step-ended', before) >= 0 && at('step-ended', before) < at('step-started', step.id);
      return last < first && isInOrder ? [] : [`${step.id} began before ${before} had ended`];
    }),
  );
}

const SCENARIOS = [
  ['multi-primary', 'current'],
  ['multi-primary-multi-network', 'current'],
  ['primary-remote', 'current'],
  ['primary-remote-multi-network', 'current'],
  // Whose istioctl has no --server, and whose node image needs a patch.
  ['primary-remote-multi-network', '1.8'],
] as const;

t.jobs = 5;
for (const [index, [scenario, edition]] of SCENARIOS.entries()) {
  t.test(
    `${scenario} of ${edition} passes, and calls what it should in the right order`,
    { skip },
    async t => {
      const folder = t.testdir();
      // Two suites may run on one engine.
      const runId = `kps${index}x${process.pid.toString(36)}`;
      const { topology } = await loadScenario(scenario, { folder: join(packageRoot(), 'scenarios') });
      await using world = await kindWorld(folder, topology, edition);
      const { hub } = world;
      const creations = meeting();
      const installations = meeting();
      const overlaps = scenario.startsWith('multi-primary');
      hub.faults = [
        { program: 'kind', when: 'create cluster', how: { kind: 'meanwhile', act: creations } },
        ...(overlaps
          ? ([1, 2] as const).map(n => ({
              program: 'istioctl' as const,
              when: `-f cluster${n}.yaml`,
              how: { kind: 'meanwhile' as const, act: installations },
            }))
          : []),
      ];
      const { plan, events, deployments } = await runOn(t, world, scenario, runId, edition);
      const recorded = events.flatMap(event =>
        event.type === 'step-ended' ? event.commands.map(({ line }) => line) : [],
      );
      // The platform's own questions are shown at the head of the golden file.
      const isOwn = ({ program, argv }: Call) =>
        program === 'kind' || argv.includes('version') || argv[0] === 'manifest';
      const ofPlan = hub.calls.filter(call => !isOwn(call));
      t.same(
        ofPlan.filter(({ program, argv }) => !recorded.includes(quoteArgv([program, ...argv]))),
        [],
        'nothing is called that the report does not show',
      );
      t.same(orderFaults(plan, events, hub.calls), [], 'nothing begins before what it depends on');
      const requests = (name: string) =>
        (deployments.find(({ metadata }) => metadata.name === name)?.['spec'] as never)?.['template']?.[
          'spec'
        ]?.['containers']?.[0]?.['resources']?.['requests'];
      t.match(
        requests('istiod'),
        { cpu: '50m', memory: '256Mi' },
        'istiod asks for less than the release has it',
      );

      const text = transcript({
        runId,
        plan,
        events,
        calls: hub.calls,
        folders: { [join(folder, 'state')]: 'STATE', [world.istioFolder]: 'ISTIO' },
      });
      const file = join(GOLDEN, `${scenario}-${edition}.txt`);
      if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text);
      t.equal(text, readFileSync(file, 'utf8'), `${file}; if the change is meant: UPDATE_GOLDEN=1`);
      t.same(
        docker('ps', '-a', '--format', '{{.Names}}')
          .split('\n')
          .filter(name => name.includes(runId)),
        [],
        'no container is left',
      );
      const runs = join(folder, 'state', 'runs');
      t.same(existsSync(runs) ? readdirSync(runs) : [], [], 'no file is left');
    },
  );
}
