/** Which VirtualServices have all calls of HelloWorld go to subsets, or some of them elsewhere. */
import t from 'tap';
import { labelsOf, leadsElsewhere, routedTo } from '../../../harness/verify/diagnose/routes.ts';

const named = { namespace: 'sample', name: 'hello' };
const to = (subset?: string, weight?: number, host = 'helloworld') => ({
  destination: { host, ...(subset !== undefined && { subset }) },
  ...(weight !== undefined && { weight }),
});
const service = (http: readonly unknown[], more: object = {}) => ({
  metadata: named,
  spec: { hosts: ['helloworld.sample.svc.cluster.local'], http, ...more },
});

const ROWS: readonly (readonly [
  string,
  ReturnType<typeof service>,
  readonly string[] | undefined,
  boolean,
])[] = [
  ['retries only', service([{ route: [to()], retries: { attempts: 0 } }]), undefined, false],
  ['a subset', service([{ route: [to('v3')] }]), ['v3'], true],
  ['two subsets', service([{ route: [to('v1', 50), to('v2', 50)] }]), ['v1', 'v2'], true],
  ['a subset without weight', service([{ route: [to('v1', 0), to('v2', 100)] }]), ['v2'], true],
  ['a part of the calls', service([{ route: [to('v1', 50), to(undefined, 50)] }]), undefined, true],
  ['some calls', service([{ match: [{}], route: [to('v1')] }, { route: [to()] }]), undefined, true],
  ['another service', service([{ route: [to(undefined, 100, 'other')] }]), undefined, true],
  ['a redirect', service([{ redirect: { uri: '/' } }]), undefined, true],
  ['a gateway', service([{ route: [to('v1')] }], { gateways: ['ingress'] }), undefined, true],
  ['another host', service([{ route: [to('v1')] }], { hosts: ['other'] }), undefined, true],
];

t.test('a VirtualService routes to subsets only if all calls go there', async t => {
  for (const [name, each, subsets, elsewhere] of ROWS) {
    const routed = routedTo({ virtualServices: { items: [each] } });
    t.same(routed, subsets && { by: 'sample/hello', subsets }, name);
    t.equal(leadsElsewhere(each), elsewhere, name);
  }
  t.equal(routedTo({ virtualServices: { error: new Error('forbidden') } }), undefined);
});

t.test('a DestinationRule of HelloWorld defines a subset', async t => {
  const rule = (host: string) => ({
    metadata: named,
    spec: { host, subsets: [{ name: 'v1', labels: { version: 'v1' } }, { name: 'all' }] },
  });
  const rules = (host: string) => ({ destinationRules: { items: [rule(host)] } });
  t.same(labelsOf(rules('helloworld'), 'v1'), [['version', 'v1']]);
  t.same(labelsOf(rules('helloworld'), 'all'), []);
  t.equal(labelsOf(rules('helloworld'), 'v3'), undefined);
  t.equal(labelsOf(rules('other'), 'v1'), undefined);
});
