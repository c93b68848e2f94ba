/** What closes the way through a gateway to its istiod. */
import t from 'tap';
import { clusterName } from '../../../harness/model/names.ts';
import { closedDoor } from '../../../harness/verify/diagnose/istiod-door.ts';
import { StepIndex } from '../../../harness/verify/diagnose/steps.ts';

const steps = new StepIndex({ steps: [] });
const spec = { name: clusterName('cluster1') };
const ALL = [15021, 15443, 15012, 15017];
const rule = (name: string, host: string, trafficPolicy: object, namespace = 'istio-system') => ({
  metadata: { namespace, name },
  spec: { host, trafficPolicy },
});
const MUTUAL = { tls: { mode: 'ISTIO_MUTUAL' } };
// As expose-istiod.yaml of 1.8 has it (samples/multicluster/expose-istiod.yaml @1.8.0).
const OFF = {
  portLevelSettings: [15012, 15017].map(number => ({ port: { number }, tls: { mode: 'DISABLE' } })),
};

interface Row {
  readonly name: string;
  readonly ports?: readonly number[];
  readonly open?: readonly number[];
  readonly rules?: readonly ReturnType<typeof rule>[];
  readonly closed: RegExp | undefined;
}

const ROWS: readonly Row[] = [
  { name: 'open', closed: undefined },
  {
    name: 'nothing is exposed',
    open: [15443],
    closed: /^the east-west gateway of cluster1 does not expose istiod$/,
  },
  {
    name: 'no Gateway for the webhook',
    open: [15443, 15012],
    closed: /expose port 15017, that of istiod's webhook$/,
  },
  {
    name: 'a Service without the port',
    ports: [15443],
    closed: /^the Service .* of cluster1 has no port 15012/,
  },
  {
    name: 'mTLS for all hosts',
    rules: [rule('default', '*.local', MUTUAL)],
    closed: /^the DestinationRule istio-system\/default has the east-west gateway of cluster1 wrap in TLS/,
  },
  {
    name: 'mTLS for all hosts but istiod',
    rules: [
      rule('default', '*.local', MUTUAL),
      rule('istiod-dr', 'istiod.istio-system.svc.cluster.local', OFF),
    ],
    closed: undefined,
  },
  {
    name: 'a rule of another namespace',
    rules: [rule('all', '*.local', MUTUAL, 'sample')],
    closed: undefined,
  },
  {
    name: 'a rule for others',
    rules: [rule('all', '*.sample.svc.cluster.local', MUTUAL)],
    closed: undefined,
  },
  { name: 'plain text', rules: [rule('all', '*', { tls: { mode: 'DISABLE' } })], closed: undefined },
];

for (const { name, ports = ALL, open = ALL, rules = [], closed } of ROWS) {
  t.test(name, async t => {
    const service = {
      metadata: { name: 'istio-eastwestgateway' },
      spec: { ports: ports.map(port => ({ port })) },
    };
    const objects = { istioServices: { items: [service] }, destinationRules: { items: rules } };
    const found = closedDoor({ spec, openPorts: open, objects }, [15012, 15017], steps);
    if (closed) t.match(found?.sentence, closed);
    else t.equal(found, undefined);
  });
}
