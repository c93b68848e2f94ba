import t from 'tap';
import { createRandom } from '../../../../../harness/base/random.ts';
import { upstreamResetReply } from '../../../../../harness/simulator/istio/envoy/http/local-reply.ts';
import { type ResetReason, RetryState } from '../../../../../harness/simulator/istio/envoy/http/retry.ts';
import { behaviourOf } from '../../../../../harness/simulator/istio/releases.ts';
import type { RetryCondition } from '../../../../../harness/simulator/istio/xds/retry-policy.ts';

function state(version: string): RetryState {
  const { retryPolicy, envoy: wording } = behaviourOf(version);
  return new RetryState(retryPolicy, { wording, random: createRandom('retry') });
}

const resets: [ResetReason, { '1.8.0': boolean; '1.30.3': boolean }][] = [
  ['connect-failure', { '1.8.0': true, '1.30.3': true }],
  ['connect-timeout', { '1.8.0': false, '1.30.3': true }],
  ['connection-termination', { '1.8.0': false, '1.30.3': false }],
  ['protocol-error', { '1.8.0': false, '1.30.3': false }],
];
for (const [reason, expected] of resets) {
  t.test(`${reason} is retried as the release does`, async t => {
    for (const version of ['1.8.0', '1.30.3'] as const)
      t.equal(state(version).wantsAfterReset(reason), expected[version], version);
  });
}

t.test('an answer of 503 is retried by 1.8 alone; gRPC says it in another place', async t => {
  t.equal(state('1.8.0').wantsAfterResponse(503, undefined), true);
  t.equal(state('1.30.3').wantsAfterResponse(503, undefined), false);
  t.equal(state('1.30.3').wantsAfterResponse(200, '14'), true);
  t.equal(state('1.30.3').wantsAfterResponse(200, '0'), false);
  t.equal(state('1.8.0').wantsAfterResponse(500, undefined), false);
});

t.test('two retries are left at first, after short waits', async t => {
  const retries = state('1.8.0');
  const [first, second, third] = [retries.next(), retries.next(), retries.next()];
  t.ok(first !== undefined && first < 25);
  t.ok(second !== undefined && second < 50);
  t.equal(third, undefined);
});

const once = { isRetry: false, retriesExhausted: false };
const often = { isRetry: true, retriesExhausted: true };
const replies: [string, string, ResetReason, string, typeof once, string, string][] = [
  [
    '1.8: refused',
    '1.8.0',
    'connect-failure',
    '',
    often,
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
    'UF,URX',
  ],
  [
    '1.8: black hole',
    '1.8.0',
    'connect-timeout',
    '',
    once,
    'upstream connect error or disconnect/reset before headers. reset reason: local reset',
    'LR',
  ],
  [
    'current: refused',
    '1.30.3',
    'connect-failure',
    '',
    often,
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure',
    'UF,URX',
  ],
  [
    'current: black hole',
    '1.30.3',
    'connect-timeout',
    '',
    often,
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection timeout',
    'UF,URX',
  ],
  [
    'current: cut off',
    '1.30.3',
    'connection-termination',
    '',
    once,
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    'UC',
  ],
];
for (const [name, version, reason, detail, how, body, flags] of replies) {
  t.test(`${name} is told in Envoy's words`, async t => {
    t.same(upstreamResetReply(behaviourOf(version).envoy, reason, detail, how), { status: 503, body, flags });
  });
}

t.test('conditions that a VirtualService may name', async t => {
  const { envoy: wording, retryPolicy } = behaviourOf('1.30.3');
  const asking = (...retryOn: RetryCondition[]) =>
    new RetryState({ ...retryPolicy, retryOn }, { wording, random: createRandom('retry') });
  for (const [condition, statuses] of [
    ['5xx', [500, 503, 599]],
    ['gateway-error', [502, 503, 504]],
    ['retriable-4xx', [409]],
  ] as const)
    for (const status of [200, 404, 409, 500, 501, 502, 503, 504, 599])
      t.equal(
        asking(condition).wantsAfterResponse(status, undefined),
        condition === '5xx' ? status >= 500 : statuses.some(each => each === status),
        `${condition} ${status}`,
      );
  for (const condition of ['5xx', 'gateway-error', 'reset'] as const)
    t.ok(asking(condition).wantsAfterReset('connection-termination'), condition);
  t.notOk(asking('retriable-4xx').wantsAfterReset('connection-termination'));
  t.ok(asking('internal').wantsAfterResponse(200, '13'));
});
