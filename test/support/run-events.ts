/** The events of two runs, one that passes and one that fails, as a report is built from them. */
import { clusterName } from '../../harness/model/names.ts';
import type { Plan, Step } from '../../harness/plan/step.ts';
import type { CommandRecord, RunEvent, StepOutcome } from '../../harness/run/events.ts';
import type { CheckResult } from '../../harness/verify/check.ts';
import type { SeenCluster } from '../../harness/verify/seen/seen.ts';
import type { Traffic } from '../../harness/verify/traffic.ts';
import { healthyClusters } from './seen-clusters.ts';
import { twoClusters } from './small-mesh.ts';

/** Texts that must never be in a report. */
export const SECRETS = {
  token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJpc3Rpby1yZWFkZXIifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg',
  key: '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----',
  keyBody: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg',
  certificate: '-----BEGIN CERTIFICATE-----\nMIIBdTCCARugAwIBAgIQc2VjcmV0\n-----END CERTIFICATE-----',
  certificateBody: 'MIIBdTCCARugAwIBAgIQc2VjcmV0',
} as const;

const ORDER = [
  ['make-certificates', 'Make a common root and an intermediate certificate for each cluster'],
  ['cluster1/install-istio', 'Install Istio', 'cluster1'],
  ['cluster1/install-gateway', 'Install a gateway that is dedicated to east-west traffic', 'cluster1'],
  ['cluster2/install-istio', 'Install Istio', 'cluster2'],
  ['cluster2/install-gateway', 'Install a gateway that is dedicated to east-west traffic', 'cluster2'],
  [
    'remote-secret/cluster2-in-cluster1',
    "Install a remote secret in cluster1 that provides access to cluster2's API server",
    'cluster1',
  ],
] as const;

function step([id, title, cluster]: (typeof ORDER)[number]): Step {
  return {
    id,
    title,
    ...(cluster !== undefined && { cluster: clusterName(cluster) }),
    guide: { section: 'Configure <clusters> & "trust"', lines: [10, 20] },
    dependsOn: [],
    files: [],
    commands: [],
    omission: { harmless: false, because: 'cluster1 does not see cluster2' },
    errata: id === 'make-certificates' ? ['upper-case-names'] : [],
    deadlineMs: 60_000,
  };
}

export const PLAN: Plan = {
  edition: '1.8',
  istioVersion: '1.8.0',
  scenario: 'two-clusters',
  client: 'sleep',
  steps: ORDER.map(step),
  errata: [
    {
      id: 'upper-case-names',
      guideLine: '--name=CLUSTER2 …',
      lines: [5, 5],
      wouldHappen: 'The API server refuses the name.',
      weDo: 'We use lower-case names.',
    },
    { id: 'unused', guideLine: 'nothing', wouldHappen: 'nothing', weDo: 'nothing' },
  ],
};

const ok = (line: string, stdout = ''): CommandRecord => ({
  line,
  result: { exitCode: 0, stdout, stderr: '' },
});

function traffic(from: string, local: number): Traffic {
  const counts = from === 'cluster1' ? [local, 300 - local] : [300 - local, local];
  const tally = (requests: number, first: number) => ({
    requests,
    instances: [
      { cluster: 'cluster1', version: 'v1', instance: 'helloworld-v1-86f77cd7bd-cpxhv', count: first },
      {
        cluster: 'cluster2',
        version: 'v2',
        instance: 'helloworld-v2-758dd55874-6x4t8',
        count: requests - first,
      },
    ],
    errors: [],
    slow: 0,
    longestSeconds: 0.004,
  });
  const share = (cluster: string, count: number) => ({
    cluster,
    count,
    share: Number((count / 300).toFixed(4)),
    interval: [0.4354, 0.5514] as const,
    expected: 0.5,
    band: [105, 195] as const,
  });
  return {
    from,
    symptom: 'BOTH',
    convergence: {
      converged: true,
      afterMs: 620,
      batches: 4,
      batchSize: 10,
      total: tally(40, 25),
      lastBatch: tally(10, 5),
    },
    sample: {
      ...tally(300, counts[0] ?? 0),
      shares: [share('cluster1', counts[0] ?? 0), share('cluster2', counts[1] ?? 0)],
      remote: {
        count: 300 - local,
        share: Number(((300 - local) / 300).toFixed(4)),
        interval: [0.4486, 0.5646],
      },
      switches: 161,
      sequence: 'abba'.repeat(75),
      legend: { a: 'cluster1 → helloworld v1', b: 'cluster2 → helloworld v2' },
      risks: { asked: 1e-6, healthyRefused: 1.2e-7, faultyAccepted: 1.03e-9, errorRateMissed: 2.08e-7 },
    },
  };
}

const passing = (cluster: string, local: number): CheckResult => ({
  id: `${cluster}-reaches-every-version`,
  sentence: `Calls from ${cluster} are answered by HelloWorld of every cluster, evenly and without an error.`,
  level: 'core',
  cluster: clusterName(cluster),
  outcome: 'passed',
  found: `300 of 300 calls answered`,
  evidence: {},
  traffic: traffic(cluster, local),
});

const failing: CheckResult = {
  ...passing('cluster1', 0),
  outcome: 'failed',
  found:
    'Calls from cluster1: the mesh did not converge within 120 s: 10 from cluster1, 0 from cluster2 | `no` <healthy> upstream #1',
  evidence: { endpoints: ['10.10.0.5:5000, pod of cluster1'], token: SECRETS.token, list: [SECRETS.key] },
  diagnosis: {
    cause: 'remote-secret-missing',
    sentence:
      'The proxies of cluster1 have no endpoint in cluster2: the istiod of cluster1 has no remote secret for cluster2.',
    steps: ['remote-secret/cluster2-in-cluster1', 'cluster1/install-istio'],
    repair: {
      step: 'remote-secret/cluster2-in-cluster1',
      title: 'Install a remote secret',
      guide: { section: 'Enable <Endpoint> Discovery', lines: [316, 323] },
      files: ["cat <<EOF > ./a.yaml\nkind: 'A'\nEOF"],
      commands: [
        'istioctl x create-remote-secret |\n    kubectl apply -f - # `now`',
        'kubectl get "all" & wait',
      ],
    },
  },
  traffic: {
    from: 'cluster1',
    symptom: 'R',
    convergence: {
      converged: false,
      afterMs: 120_500,
      batches: 12,
      batchSize: 10,
      total: { requests: 120, instances: [], errors: [], slow: 0, longestSeconds: 0.004 },
      lastBatch: {
        requests: 10,
        instances: [
          { cluster: 'cluster1', version: 'v1', instance: 'helloworld-v1-86f77cd7bd-cpxhv', count: 10 },
        ],
        errors: [],
        slow: 0,
        longestSeconds: 0.004,
      },
    },
  },
};

function started(omitted: readonly string[], realProxies: boolean): RunEvent {
  return {
    atMs: 0,
    type: 'run-started',
    runId: omitted.length > 0 ? 'run-2' : 'run-1',
    topology: twoClusters(2),
    plan: PLAN,
    platform: {
      name: realProxies ? 'kind' : 'simulator',
      capabilities: { realProxies, faults: !realProxies },
    },
    clock: realProxies ? 'wall' : 'virtual',
    seed: '1',
    requests: 300,
    omitted,
    keepGoing: omitted.length > 0,
  };
}

const ended = (
  id: string,
  outcome: StepOutcome,
  more: Partial<Extract<RunEvent, { type: 'step-ended' }>> = {},
): RunEvent => ({
  atMs: 2000,
  type: 'step-ended',
  step: id,
  outcome,
  durationMs: outcome === 'done' ? 800 : 0,
  commands: [ok(`kubectl apply -f '${id}.yaml'`, SECRETS.token)],
  ...more,
});

/** A run that passes. */
export const passedRun = (realProxies = false): readonly RunEvent[] => onTheWall(passed(realProxies));

/** Gives events times of the wall's clock: 7 ms between two. */
const onTheWall = (events: readonly RunEvent[]): readonly RunEvent[] =>
  events.map((event, index) => ({ ...event, wallMs: Date.UTC(2026, 0, 2, 3, 4, 5) + 7 * index }));

function passed(realProxies: boolean): readonly RunEvent[] {
  const checks = [passing('cluster1', 148), passing('cluster2', 151)];
  return [
    started([], realProxies),
    {
      atMs: 100,
      type: 'platform-started',
      adjustments: [
        {
          tool: 'istioctl',
          verb: ['x', 'create-remote-secret'],
          cluster: clusterName('cluster1'),
          addArgs: ['--server=https://172.18.0.2:6443'],
          because: 'pods reach it there',
        },
      ],
      toolVersions: { kubectl: '1.32.0' },
    },
    ...PLAN.steps.flatMap(({ id }): RunEvent[] => [
      { atMs: 1200, type: 'step-started', step: id },
      ended(id, 'done'),
    ]),
    ...checks.map(({ id }): RunEvent => ({ atMs: 3000, type: 'check-started', check: id })),
    // They end in another order than they began.
    ...checks
      .reverse()
      .map((result): RunEvent => ({ atMs: 5000, type: 'check-ended', result, durationMs: 2000 })),
    { atMs: 5100, type: 'clusters-seen', clusters: healthyClusters(twoClusters(2)) },
    { atMs: 5100, type: 'clean-up-ended', failures: [] },
    { atMs: 5100, type: 'run-ended', verdict: 'passed', interrupted: false, durationMs: 5100 },
  ];
}

/** Without the secret that was left out, and with a gateway that does not come up. */
function brokenClusters(): readonly SeenCluster[] {
  const topology = twoClusters(2);
  return healthyClusters(topology).map(cluster => {
    if (cluster.cluster === 'cluster1') {
      const near = cluster.endpoints.endpoints.filter(({ owner }) => owner?.cluster === 'cluster1');
      const endpoints = { ...cluster.endpoints, endpoints: near };
      return { ...cluster, remoteSecrets: { state: 'absent', secrets: [] }, endpoints };
    }
    const error = `not ready: istio-eastwestgateway-0 0/1 Running <${SECRETS.token}>`;
    return {
      ...cluster,
      gateway: { ...cluster.gateway, state: 'broken', ready: 0, error },
      proxies: cluster.proxies.map(proxy =>
        proxy.workload === 'istio-eastwestgateway'
          ? { ...proxy, state: 'broken', istiods: [], error }
          : proxy,
      ),
    };
  });
}

/** A run with a step left out, a step that fails and a check that fails; secrets lie about everywhere. */
export const failedRun = (): readonly RunEvent[] => onTheWall(failed());

function failed(): readonly RunEvent[] {
  const omitted = ['remote-secret/cluster2-in-cluster1'];
  const failure: RunEvent = ended('cluster2/install-gateway', 'failed', {
    durationMs: 300_000,
    problem: {
      kind: 'mesh',
      message: 'Ingress gateways: timed out',
      hint: `Look at istiod. ${SECRETS.token}`,
    },
    commands: [
      {
        line: `kubectl apply --token ${SECRETS.token}`,
        result: {
          exitCode: 1,
          stdout: `2026-01-02T03:04:05.678Z ✘ Ingress gateways \u0007 ]]> ${SECRETS.certificate}`,
          stderr: `Error: <failed> & "timed out"\n${SECRETS.key}`,
        },
      },
    ],
  });
  return [
    started(omitted, false),
    ...PLAN.steps.flatMap(({ id }): RunEvent[] => {
      if (omitted.includes(id)) return [ended(id, 'omitted', { commands: [] })];
      const begun: RunEvent = { atMs: 1200, type: 'step-started', step: id };
      return id === 'cluster2/install-gateway' ? [begun, failure] : [begun, ended(id, 'done')];
    }),
    { atMs: 3000, type: 'check-started', check: failing.id },
    { atMs: 123_500, type: 'check-ended', result: failing, durationMs: 120_500 },
    { atMs: 123_600, type: 'clusters-seen', clusters: brokenClusters() },
    { atMs: 123_600, type: 'clean-up-ended', failures: ['cluster2: the API server did not stop'] },
    {
      atMs: 123_600,
      type: 'run-ended',
      verdict: 'failed',
      interrupted: false,
      reason: {
        kind: 'mesh',
        ...(failing.diagnosis && { diagnosis: failing.diagnosis }),
        message: `Step cluster2/install-gateway failed.`,
        hint: 'See the step.',
      },
      durationMs: 123_600,
    },
  ];
}

/** What a report says beside its runs. */
export const REPORT_FACTS = {
  harnessVersion: '0.1.0',
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: '2026-01-02T03:04:06.500Z',
  wallDurationMs: 1500,
  harnessCommit: '0123456789abcdef0123456789abcdef01234567',
  reproduce: 'mesh-harness run two-clusters --seed 1',
  diagnostics: 'diagnostics/',
  host: { name: 'builder-7', os: 'linux', architecture: 'x64', cpus: 2 },
  nodeVersion: '20.0.0',
};
