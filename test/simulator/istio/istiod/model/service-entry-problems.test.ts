import t from 'tap';
import { problemsOf } from '../../../../../harness/simulator/istio/istiod/model/resource-problems.ts';

const hosts = ['a.example'];
const endpoint = { address: '240.0.0.1' };
const port = { number: 80, name: 'http', protocol: 'HTTP' };
const ROWS: readonly [spec: Readonly<Record<string, unknown>>, problems: readonly string[]][] = [
  [{ hosts, resolution: 'STATIC', ports: [port], endpoints: [endpoint, endpoint] }, []],
  [{ hosts, resolution: 'DNS', addresses: ['240.0.0.1', '240.0.0.2/32'] }, []],
  [{ hosts, resolution: 'STATIC', workloadSelector: { labels: { a: 'b' } } }, []],
  [{}, ['service entry must have at least one host']],
  [{ hosts: ['*'] }, ['invalid host *']],
  [{ hosts, endpoints: [endpoint] }, ['no endpoints should be provided for resolution type none']],
  [
    { hosts, resolution: 'STATIC', endpoints: [endpoint], workloadSelector: { labels: { a: 'b' } } },
    ['only one of WorkloadSelector or Endpoints is allowed in Service Entry'],
  ],
  [
    { hosts, resolution: 'DNS_ROUND_ROBIN', endpoints: [endpoint, endpoint] },
    ['there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN'],
  ],
  [
    { hosts, resolution: 'DNS', addresses: ['240.0.0.0/24'] },
    ['CIDR addresses are allowed only for NONE/STATIC resolution types'],
  ],
  [
    { hosts, ports: [port, { ...port, number: 81 }, { ...port, name: 'other' }] },
    ['service entry port name "http" already defined', 'service entry port 80 already defined'],
  ],
];
for (const [spec, problems] of ROWS)
  t.test(`${JSON.stringify(spec)}: ${problems.length > 0 ? problems : 'taken'}`, async t =>
    t.same(problemsOf('ServiceEntry', spec), problems),
  );
