/**
 * What the guide's own commands print when a step before them was left out, where the failure table quotes
 * it.
 */
import t from 'tap';
import type { CommandReport, ScenarioReport } from '../../../harness/report/report.ts';
import type { SessionOptions } from '../../../harness/session/options.ts';
import { run } from '../../../harness/session/run.ts';
import { topologyOf } from '../../plan/scenarios.ts';

/** Few requests: it is the plan's own commands that are read. */
const FEW = { requests: 100, risk: 1e-3 };

async function without(
  scenario: string,
  step: string,
  more: Pick<SessionOptions, 'checks' | 'onlyChecks' | 'seed'> = { checks: [] },
): Promise<ScenarioReport> {
  const { scenarios } = await run({ topology: await topologyOf(scenario), omit: [step], ...FEW, ...more });
  if (!scenarios[0]) throw new Error('The report has no scenario.');
  return scenarios[0];
}

const commandsOf = (report: ScenarioReport, step: string): readonly CommandReport[] =>
  report.steps.find(({ id }) => id === step)?.commands ?? [];

t.test('without Sleep there is no pod to exec into (F13)', async t => {
  const said = commandsOf(
    await without('multi-primary', 'cluster1/deploy-sleep'),
    'cluster1/call-helloworld',
  );
  t.match(said.at(-2)?.stderr, /array index out of bounds: index 0, length 0/);
  t.equal(said.at(-1)?.stderr, 'error: pod, type/name or --filename must be specified\n');
  t.equal(said.at(-1)?.exitCode, 1);
});

t.test('without the Service its name is unknown, which is the exit code too (I13)', async t => {
  const report = await without('multi-primary', 'cluster1/create-helloworld-service');
  const said = commandsOf(report, 'cluster1/call-helloworld').at(-1);
  t.match(said?.stderr, /^curl: \(6\) Could not resolve host: helloworld\.sample$/m);
  t.match(said?.stderr, /command terminated with exit code 6\n$/);
  t.equal(said?.exitCode, 6);
});

t.test('a sidecar without configuration refuses (I13)', async t => {
  const report = await without('primary-remote', 'cluster1/expose-istiod');
  const said = commandsOf(report, 'cluster2/call-helloworld').at(-1);
  t.match(
    said?.stderr,
    /^curl: \(7\) Failed to connect to helloworld\.sample port 5000: Connection refused$/m,
  );
  t.match(said?.stderr, /command terminated with exit code 7\n$/);
  t.equal(said?.exitCode, 7);
});

// F4 note a: cluster2's gateway has v1's raw address among its endpoints, and may pick it for a connection
// that comes from cluster1. Proxies keep the connections that work, so this shows in the first calls, and
// with some seeds only.
t.test(
  'without a gateway in cluster1, first calls from there may vanish behind the gateway of cluster2',
  async t => {
    const first = async (seed: string) => {
      const onlyChecks = ['cluster1-reaches-every-version'];
      const report = await without('multi-primary-multi-network', 'cluster1/install-gateway', {
        seed,
        onlyChecks,
      });
      const { traffic } = report.checks.find(({ id }) => id === 'cluster1-reaches-every-version') ?? {};
      t.equal(traffic?.symptom, 'BOTH', `seed ${seed}`);
      return traffic?.convergence;
    };
    const unlucky = await first('5');
    t.ok((unlucky?.afterMs ?? 0) >= 10_000, 'the mesh converges later by the connect timeout of 10 s');
    t.match(unlucky?.total.errors[0]?.error, /^503 .*reset reason: local reset$/);
    t.equal((await first('7'))?.afterMs, 0, 'with the right picks no call is lost');
  },
);
