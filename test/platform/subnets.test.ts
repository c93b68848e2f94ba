/** Free subnets, and who gets which address. */
import t from 'tap';
import { formatCidr, overlaps, parseCidrOrAddress } from '../../harness/base/ipv4.ts';
import { candidates, planAddresses, readRouteTable } from '../../harness/platform/subnets.ts';

const subnet = (text: string) => {
  const read = parseCidrOrAddress(text);
  if (!read) throw new Error(text);
  return read;
};

t.test('the first free subnet touches nothing that is taken', async t => {
  for (const [taken, expected] of [
    [[], '172.30.0.0/24'],
    [['172.30.0.0/21'], '172.30.8.0/24'],
    [['172.16.0.0/12'], '10.240.0.0/24'],
    [['172.30.0.128/25', '172.30.1.0/32'], '172.30.2.0/24'],
  ] as const) {
    const first = candidates(taken.map(subnet)).next().value;
    t.equal(first && formatCidr(first), expected, taken.join(' '));
  }
  t.same([...candidates([subnet('0.0.0.0/0')])], [], 'none is left');
});

t.test('nodes, load balancers and Docker itself share no address', async t => {
  const { gateway, ipRange, nodes, balancers } = planAddresses(subnet('172.30.7.0/24'));
  t.equal(gateway, '172.30.7.1');
  const fixed = [...nodes, ...balancers];
  t.equal(new Set(fixed).size, fixed.length);
  for (const address of fixed) {
    t.notOk(overlaps(subnet(address), subnet(ipRange)), `${address} is not Docker's to give`);
    t.ok(overlaps(subnet(address), subnet('172.30.7.0/24')));
  }
});

t.test("a machine's routes are ranges to stay clear of", async t => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'tun0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '',
  ].join('\n');
  t.same(readRouteTable(table).map(formatCidr), ['172.17.0.0/16', '192.0.2.0/24']);
});
