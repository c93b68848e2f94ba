/** The closing lines of a run: commands to paste, with the flags that were used. */
import t from 'tap';
import { planOf, runAgain } from '../../harness/cli/again.ts';
import type { RunFlags } from '../../harness/cli/commands/run.flags.ts';
import { buildReport } from '../../harness/report/build.ts';
import { failedRun } from '../support/run-events.ts';

const NONE: RunFlags = {
  keep: false,
  keepOnFailure: false,
  omit: [],
  fault: [],
  keepGoing: false,
  seed: '1',
  extended: false,
  check: [],
  skipCheck: [],
  allowChanges: false,
  output: 'text',
  quiet: false,
  verbose: false,
  context: [],
  apiServer: [],
  offline: false,
  set: [],
  tab: [],
  var: [],
  asPrinted: false,
  cleanUp: false,
  imageArchive: [],
  cleanLeftovers: false,
  cache: true,
};

const rows: readonly { readonly flags: Partial<RunFlags>; readonly line: string }[] = [
  { flags: {}, line: '--seed 1' },
  {
    flags: {
      edition: 'current',
      omit: ['a/b', 'c'],
      keepGoing: true,
      extended: true,
      skipCheck: ['common-root'],
      allowChanges: true,
      requests: 400,
      risk: 0.001,
    },
    line: '--edition current --omit a/b --omit c --keep-going --extended --allow-changes --skip-check common-root --requests 400 --risk 0.001 --seed 1',
  },
  {
    flags: {
      platform: 'existing',
      context: ['cluster1=kind-a'],
      apiServer: ['cluster1=https://10.0.0.1:6443'],
    },
    line: '--platform existing --context cluster1=kind-a --api-server cluster1=https://10.0.0.1:6443 --seed 1',
  },
  {
    flags: {
      platform: 'kind',
      istioDir: '/opt/my istio',
      istioVersion: '1.30.3',
      mirror: 'https://mirror.example',
      offline: true,
      hub: 'registry.example/istio',
      tag: '1.30.3',
      set: ['a=b'],
      imageArchive: ['x.tar'],
      registryConfig: 'config.json',
      loadBalancer: 'metallb',
      cache: false,
      seed: '7',
    },
    line:
      "--platform kind --istio-dir '/opt/my istio' --istio-version 1.30.3 --mirror https://mirror.example --offline --hub registry.example/istio --tag 1.30.3 " +
      '--set a=b --image-archive x.tar --registry-config config.json --load-balancer metallb --no-cache --seed 7',
  },
  {
    flags: { tools: 'process', reportDir: 'out', quiet: false, output: 'tap' },
    line: '--tools process --seed 1',
  },
];

t.test('a run is done again with the flags that were used', async t => {
  for (const { flags, line } of rows)
    t.equal(runAgain(['all'], { ...NONE, ...flags }), `mesh-harness run all ${line}`);
});

t.test('the plan is that of the scenario which did not pass, in the edition that was run', async t => {
  const [failed] = buildReport(failedRun()).scenarios;
  if (!failed) throw new Error('a scenario was built');
  for (const [names, name] of [
    [['all'], 'two-clusters'],
    [['multi-primary', './my/two-clusters.yaml'], './my/two-clusters.yaml'],
  ] as const) {
    t.equal(planOf(names, failed), `mesh-harness plan ${name} --edition 1.8`);
    t.equal(planOf(names, { ...failed, edition: 'current' }), `mesh-harness plan ${name} --edition current`);
  }
});

t.test('a file whose name looks like a flag is named so that it does not', async t => {
  t.match(
    runAgain(['-x.yaml', '-', './y.yaml'], NONE),
    /^mesh-harness run \.\/-x\.yaml - \.\/y\.yaml --seed 1$/,
  );
});

t.test('the steps of what stood on standard input are those of standard input', async t => {
  const [scenario] = buildReport(failedRun()).scenarios;
  if (!scenario) throw new Error('no scenario');
  t.equal(planOf(['-'], { ...scenario, scenario: 'standard-input' }), 'mesh-harness plan - --edition 1.8');
});
