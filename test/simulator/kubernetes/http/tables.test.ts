import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { humanDuration } from '../../../../harness/simulator/kubernetes/http/tables/age.ts';
import { podCells } from '../../../../harness/simulator/kubernetes/http/tables/pod-cells.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

t.test('ages are told as kubectl tells them', async t => {
  const rows: readonly (readonly [number, string])[] = [
    [-5 * SECOND, '<invalid>'],
    [-1 * SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [200 * SECOND, '3m20s'],
    [10 * MINUTE, '10m'],
    [2 * HOUR, '120m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [9 * HOUR, '9h'],
    [47 * HOUR, '47h'],
    [48 * HOUR, '2d'],
    [50 * HOUR, '2d2h'],
    [9 * DAY, '9d'],
    [800 * DAY, '2y70d'],
    [10 * 365 * DAY, '10y'],
  ];
  for (const [milliseconds, expected] of rows) t.equal(humanDuration(milliseconds), expected, expected);
});

const NOW = Date.UTC(2020, 10, 19);
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * SECOND).toISOString();
const running = { running: { startedAt: at(60) } };
const container = (extra: Record<string, unknown>) => ({
  name: 'c',
  restartCount: 0,
  ready: false,
  ...extra,
});
const pod = (status: Record<string, unknown>, extra: Partial<KubernetesObject> = {}): KubernetesObject => ({
  spec: { containers: [{ name: 'c' }, { name: 'istio-proxy' }], initContainers: [{ name: 'istio-init' }] },
  ...extra,
  metadata: { name: 'p', ...extra.metadata },
  status,
});

t.test('a pod is described by its containers', async t => {
  const done = [container({ state: { terminated: { exitCode: 0, reason: 'Completed' } }, ready: true })];
  const rows = [
    { name: 'not seen by a kubelet', pod: pod({ phase: 'Pending' }), expected: ['0/2', 'Pending', '0'] },
    {
      name: 'in its first init container',
      pod: pod({ phase: 'Pending', initContainerStatuses: [container({ state: running })] }),
      expected: ['0/2', 'Init:0/1', '0'],
    },
    {
      name: 'whose init container failed',
      pod: pod({
        phase: 'Pending',
        initContainerStatuses: [container({ state: { terminated: { exitCode: 2 } } })],
      }),
      expected: ['0/2', 'Init:ExitCode:2', '0'],
    },
    {
      name: 'being created',
      pod: pod({
        phase: 'Pending',
        initContainerStatuses: done,
        containerStatuses: [container({ state: { waiting: { reason: 'PodInitializing' } } })],
      }),
      expected: ['0/2', 'PodInitializing', '0'],
    },
    {
      name: 'with a proxy that is not ready',
      pod: pod({
        phase: 'Running',
        initContainerStatuses: done,
        containerStatuses: [container({ state: running, ready: true }), container({ state: running })],
      }),
      expected: ['1/2', 'Running', '0'],
    },
    {
      name: 'whose image is missing',
      pod: pod({
        phase: 'Pending',
        initContainerStatuses: done,
        containerStatuses: [container({ state: { waiting: { reason: 'ImagePullBackOff' } } })],
      }),
      expected: ['0/2', 'ImagePullBackOff', '0'],
    },
    {
      name: 'that was restarted',
      pod: pod({
        phase: 'Running',
        initContainerStatuses: done,
        containerStatuses: [
          container({
            state: running,
            ready: true,
            restartCount: 2,
            lastState: { terminated: { finishedAt: at(188) } },
          }),
          container({ state: running, ready: true }),
        ],
      }),
      expected: ['2/2', 'Running', '2 (3m8s ago)'],
    },
    {
      name: 'on its way out',
      pod: pod(
        {
          phase: 'Running',
          initContainerStatuses: done,
          containerStatuses: [container({ state: running, ready: true })],
        },
        { metadata: { deletionTimestamp: at(1) } },
      ),
      expected: ['1/2', 'Terminating', '0'],
    },
    {
      name: 'that is done',
      pod: pod({
        phase: 'Succeeded',
        initContainerStatuses: done,
        containerStatuses: [container({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })],
      }),
      expected: ['0/2', 'Completed', '0'],
    },
  ];
  for (const { name, pod: object, expected } of rows) {
    const { ready, status, restarts } = podCells(object, NOW);
    t.same([ready, status, restarts], expected, `a pod ${name}`);
  }
});
