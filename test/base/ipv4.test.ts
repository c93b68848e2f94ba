/** IPv4: addresses, CIDRs, and what lies where. */
import t from 'tap';
import {
  type Cidr,
  cidrAround,
  contains,
  formatCidr,
  formatIpv4,
  nthAddress,
  overlaps,
  parseCidr,
  parseCidrOrAddress,
  parseIpv4,
  sizeOf,
} from '../../harness/base/ipv4.ts';

const cidr = (text: string): Cidr => {
  const read = parseCidr(text);
  if (!read) throw new Error(text);
  return read;
};

t.test('an address is a number, and back', async t => {
  for (const [text, value] of [
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a000001],
    ['127.255.255.255', 0x7fffffff],
    ['128.0.0.0', 0x80000000],
    ['255.255.255.255', 0xffffffff],
  ] as const) {
    t.equal(parseIpv4(text), value, text);
    t.equal(formatIpv4(value), text);
  }
  t.equal(parseIpv4('010.1.02.003'), parseIpv4('10.1.2.3'), 'leading zeros count for nothing');
});

t.test('refuses what is no address', async t => {
  for (const text of [
    '',
    '10',
    '10.0.0',
    '10.0.0.0.0',
    '10.0.0.256',
    '10..0.1',
    '-1.0.0.0',
    ' 10.0.0.1',
    '::1',
  ])
    t.equal(parseIpv4(text), undefined, JSON.stringify(text));
});

t.test('a CIDR begins at a multiple of its size', async t => {
  for (const [text, first, last] of [
    ['10.10.0.0/16', '10.10.0.0', '10.10.255.255'],
    ['10.10.3.7/16', '10.10.0.0', '10.10.255.255'],
    ['172.30.9.1/21', '172.30.8.0', '172.30.15.255'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['255.1.2.3/1', '128.0.0.0', '255.255.255.255'],
    ['10.0.0.1/32', '10.0.0.1', '10.0.0.1'],
  ] as const) {
    const read = cidr(text);
    t.same([formatIpv4(read.first), formatIpv4(read.last)], [first, last], text);
    t.equal(formatCidr(read), `${first}/${text.split('/')[1]}`);
  }
  t.same(cidrAround(parseIpv4('10.20.30.40') ?? 0, 24), cidr('10.20.30.0/24'));
});

t.test('refuses what is no CIDR', async t => {
  for (const text of [
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '/8',
    '10.0.0.0/x',
  ])
    t.equal(parseCidr(text), undefined, JSON.stringify(text));
});

t.test('a bare address may count as a range of one', async t => {
  t.same(parseCidrOrAddress('10.0.0.1'), cidr('10.0.0.1/32'));
  t.same(parseCidrOrAddress('10.0.0.1/8'), cidr('10.0.0.0/8'));
  t.equal(parseCidrOrAddress('fc00::1'), undefined);
  t.equal(parseCidrOrAddress('10.0.0.0/'), undefined);
});

t.test('counts, finds and numbers the addresses of a range', async t => {
  const range = cidr('10.10.0.0/22');
  t.equal(sizeOf(range), 1024);
  t.equal(sizeOf(cidr('0.0.0.0/0')), 2 ** 32);
  t.ok(contains(range, '10.10.0.0'));
  t.ok(contains(range, '10.10.3.255'));
  t.ok(contains(range, range.last));
  t.notOk(contains(range, '10.10.4.0'));
  t.notOk(contains(range, '10.9.255.255'));
  t.notOk(contains(cidr('0.0.0.0/0'), 'fc00::1'), 'what is no IPv4 address lies nowhere');
  t.equal(nthAddress(range, 10), '10.10.0.10');
  t.equal(nthAddress(range, 256), '10.10.1.0');
});

t.test('tells whether two ranges share an address', async t => {
  for (const [one, other, shared] of [
    ['10.0.0.0/24', '10.0.1.0/24', false],
    ['10.0.0.0/23', '10.0.1.0/24', true],
    ['10.0.1.0/24', '10.0.0.0/23', true],
    ['10.0.0.0/24', '10.0.0.0/24', true],
    ['0.0.0.0/0', '192.168.1.1/32', true],
  ] as const)
    t.equal(overlaps(cidr(one), cidr(other)), shared, `${one} and ${other}`);
});
