/** What calls show when the proxy cannot be asked, from the words of a reply alone. */
import t from 'tap';
import { symptomOf } from '../../harness/verify/symptom.ts';

const RESET = 'upstream connect error or disconnect/reset before headers.';
const replies: [string, string, string][] = [
  ['1.8: refused', `503 ${RESET} reset reason: connection failure`, 'X'],
  [
    '1.8: another root',
    `503 ${RESET} reset reason: connection failure, transport failure reason: TLS error: 268435581`,
    'X',
  ],
  ['1.8: vanished', `503 ${RESET} reset reason: local reset`, 'B'],
  // real-istio 2026-11: refused or of another root, the reply is the same.
  [
    'current: refused, or another root',
    `503 ${RESET} retried and the latest reset reason: remote connection failure`,
    'X',
  ],
  ['current: vanished', `503 ${RESET} retried and the latest reset reason: connection timeout`, 'B'],
  ['no endpoints', '503 no healthy upstream', 'R'],
];
for (const [name, error, symptom] of replies) {
  t.test(name, async t => {
    const seen = symptomOf({
      from: 'cluster1',
      silent: ['cluster2'],
      partlyKnown: false,
      tally: { requests: 10, instances: [], errors: [{ error, count: 5 }], slow: 0, longestSeconds: 0 },
      clientPod: {
        name: 'sleep',
        app: 'sleep',
        version: undefined,
        address: '10.10.0.2',
        status: 'Running',
        readyContainers: 2,
        containers: 2,
        restarts: 0,
        isReady: true,
        hasSidecar: true,
        message: undefined,
        blockedByEnvironment: false,
      },
      remoteEndpoints: undefined,
      misplaced: false,
      skewed: false,
    });
    t.equal(seen, symptom);
  });
}
