import t from 'tap';
import { mtlsModeOf } from '../../harness/verify/peer-authentication.ts';

const policy = (namespace: string, name: string, spec: Record<string, unknown>) => ({
  metadata: { namespace, name },
  spec,
});
const mode = (value: string) => ({ mtls: { mode: value } });
const selector = (labels: Record<string, string>) => ({ selector: { matchLabels: labels } });

/** The object that a sentence names, if it does. */
function policyNamed(saidBy: string) {
  const [, namespace, name] = /^PeerAuthentication (.+)\/(.+)$/.exec(saidBy) ?? [];
  return { policy: name === undefined ? undefined : { namespace, name } };
}

t.test(
  'the nearest policy counts, of equal ones the oldest, and what it leaves open the next one',
  async t => {
    const mesh = policy('istio-system', 'default', mode('STRICT'));
    const namespace = policy('sample', 'all', mode('DISABLE'));
    const workload = policy('sample', 'hello', { ...selector({ app: 'helloworld' }), ...mode('PERMISSIVE') });
    const rows: readonly [string, readonly ReturnType<typeof policy>[], string, string][] = [
      ['nothing', [], 'PERMISSIVE', 'no PeerAuthentication'],
      ['the mesh', [mesh], 'STRICT', 'PeerAuthentication istio-system/default'],
      ['the namespace', [mesh, namespace], 'DISABLE', 'PeerAuthentication sample/all'],
      ['the workload', [mesh, namespace, workload], 'PERMISSIVE', 'PeerAuthentication sample/hello'],
      [
        'another workload',
        [mesh, policy('sample', 'other', { ...selector({ app: 'sleep' }), ...mode('DISABLE') })],
        'STRICT',
        'PeerAuthentication istio-system/default',
      ],
      [
        'the oldest',
        [policy('sample', 'old', mode('STRICT')), namespace],
        'STRICT',
        'PeerAuthentication sample/old',
      ],
      [
        'UNSET',
        [mesh, policy('sample', 'all', mode('UNSET'))],
        'STRICT',
        'PeerAuthentication istio-system/default',
      ],
      [
        'the port',
        [
          policy('sample', 'port', {
            ...selector({ app: 'helloworld' }),
            ...mode('STRICT'),
            portLevelMtls: { 5000: { mode: 'DISABLE' } },
          }),
        ],
        'DISABLE',
        'PeerAuthentication sample/port',
      ],
      [
        'a selector in the root namespace, which speaks of workloads there',
        [policy('istio-system', 'x', { ...selector({ app: 'helloworld' }), ...mode('STRICT') })],
        'PERMISSIVE',
        'no PeerAuthentication',
      ],
    ];
    for (const [what, policies, expected, saidBy] of rows)
      t.match(
        mtlsModeOf(policies, { app: 'helloworld', version: 'v1' }, 5000),
        { mode: expected, saidBy, ...policyNamed(saidBy) },
        what,
      );
  },
);
