import t from 'tap';
import {
  type ConnectionTraits,
  findFilterChain,
} from '../../../../../harness/simulator/istio/envoy/listeners/filter-chain-match.ts';
import type { FilterChain, FilterChainMatch } from '../../../../../harness/simulator/istio/xds/resources.ts';

const chain = (name: string, match?: FilterChainMatch): FilterChain => ({
  name,
  ...(match && { match }),
  filter: { type: 'tcp_proxy', cluster: 'c', statPrefix: 's' },
});

const INBOUND = [
  chain('mtls', {
    destinationPort: 5000,
    transportProtocol: 'tls',
    applicationProtocols: ['istio-http/1.1', 'istio'],
  }),
  chain('plain', { destinationPort: 5000, transportProtocol: 'raw_buffer' }),
  chain('passthrough'),
];
const BY_NAME = [
  chain('exact', { serverNames: ['a.b.local'] }),
  chain('long', { serverNames: ['*.b.local'] }),
  chain('short', { serverNames: ['*.local'] }),
];
const PER_SERVICE = [
  chain('service', {
    serverNames: ['outbound_.5000_._.h.local'],
    applicationProtocols: ['istio', 'istio-http/1.1'],
  }),
];
const BY_ADDRESS = [
  chain('wide', { prefixRanges: ['10.0.0.0/8', '172.16.0.0/12'] }),
  chain('close', { prefixRanges: ['10.1.0.0/16'] }),
  chain('named', { prefixRanges: ['10.2.0.0/16'], serverNames: ['a.local'] }),
  chain('any'),
];

const rows: [string, FilterChain[], Partial<ConnectionTraits>, string | undefined][] = [
  ['mTLS by its protocols', INBOUND, { transport: 'tls', protocols: ['istio-http/1.1', 'http/1.1'] }, 'mtls'],
  ['plaintext to the port', INBOUND, {}, 'plain'],
  ['another port', INBOUND, { destinationPort: 80 }, 'passthrough'],
  [
    'TLS of the application itself, to a port with chains: no step back',
    INBOUND,
    { transport: 'tls' },
    undefined,
  ],
  ['an exact name before wildcards', BY_NAME, { transport: 'tls', serverName: 'a.b.local' }, 'exact'],
  ['the longest wildcard', BY_NAME, { transport: 'tls', serverName: 'c.b.local' }, 'long'],
  ['a wildcard over several labels', BY_NAME, { transport: 'tls', serverName: 'x.y.z.local' }, 'short'],
  ['a name that fits none', BY_NAME, { transport: 'tls', serverName: 'a.example' }, undefined],
  ['no name', BY_NAME, { transport: 'tls' }, undefined],
  [
    'name and protocol',
    PER_SERVICE,
    { transport: 'tls', serverName: 'outbound_.5000_._.h.local', protocols: ['istio'] },
    'service',
  ],
  [
    'a protocol that is not of the mesh',
    PER_SERVICE,
    { transport: 'tls', serverName: 'outbound_.5000_._.h.local', protocols: ['http/1.1'] },
    undefined,
  ],
  ['the second of two ranges', BY_ADDRESS, { destinationAddress: '172.31.0.1' }, 'wide'],
  ['the smallest range', BY_ADDRESS, { destinationAddress: '10.1.2.3' }, 'close'],
  ['an address in no range', BY_ADDRESS, { destinationAddress: '192.168.0.1' }, 'any'],
  ['a range is chosen before a name is looked at', BY_ADDRESS, { destinationAddress: '10.2.0.1' }, undefined],
  ['a range and a name', BY_ADDRESS, { destinationAddress: '10.2.0.1', serverName: 'a.local' }, 'named'],
];

for (const [name, chains, traits, expected] of rows) {
  t.test(name, async t => {
    const found = findFilterChain(chains, {
      destinationPort: 5000,
      destinationAddress: '10.96.0.10',
      serverName: undefined,
      transport: 'raw_buffer',
      protocols: [],
      ...traits,
    });
    t.equal(found?.name, expected);
  });
}
