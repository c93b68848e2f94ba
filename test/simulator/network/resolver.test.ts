import t from 'tap';
import { answerQuery, decodeAnswer, encodeQuery, RCODE } from '../../../harness/simulator/network/dns.ts';
import { candidates } from '../../../harness/simulator/network/resolver.ts';
import { smallWorld } from '../../support/small-world.ts';

const RESOLVER = {
  nameserver: '10.110.0.10',
  search: ['sample.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  ndots: 5,
};
const ZONE: Readonly<Record<string, readonly string[]>> = {
  'helloworld.sample.svc.cluster.local': ['10.110.0.9'],
  'headless.sample.svc.cluster.local': ['10.10.0.7', '10.10.0.8'],
  'empty.sample.svc.cluster.local': [],
  'kube-dns.kube-system.svc.cluster.local': ['10.110.0.10'],
};

/** A client with a resolver, and a name server behind its cluster IP that notes what it was asked. */
function withNameServer() {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.east.addPod('coredns', 'east-node');
  const asked: string[] = [];
  server.listenDatagram(53, query =>
    answerQuery(query, name => {
      asked.push(name);
      return ZONE[name];
    }),
  );
  world.clusters.east.setServiceRoutes([
    {
      address: RESOLVER.nameserver,
      port: 53,
      protocol: 'UDP',
      endpoints: [{ address: server.address, port: 53 }],
    },
  ]);
  client.setResolver(RESOLVER);
  return { world, client, server, asked };
}

interface Row {
  readonly name: string;
  readonly found: readonly string[] | string;
  readonly questions: number;
}
const ROWS: readonly Row[] = [
  { name: 'helloworld', found: ['10.110.0.9'], questions: 1 },
  { name: 'helloworld.sample', found: ['10.110.0.9'], questions: 2 },
  { name: 'HelloWorld.Sample.svc', found: ['10.110.0.9'], questions: 3 },
  { name: 'helloworld.sample.svc.cluster.local', found: ['10.110.0.9'], questions: 4 },
  { name: 'helloworld.sample.svc.cluster.local.', found: ['10.110.0.9'], questions: 1 },
  { name: 'headless', found: ['10.10.0.7', '10.10.0.8'], questions: 1 },
  { name: 'kube-dns.kube-system', found: ['10.110.0.10'], questions: 2 },
  { name: 'nosuch.sample', found: 'ENOTFOUND', questions: 4 },
  { name: 'empty', found: 'ENOTFOUND', questions: 4 },
  { name: 'helloworld.sample.', found: 'ENOTFOUND', questions: 1 },
  { name: 'a..b', found: 'ENOTFOUND', questions: 0 },
  { name: '192.0.2.7', found: ['192.0.2.7'], questions: 0 },
  { name: 'localhost', found: ['127.0.0.1'], questions: 0 },
];
for (const { name, found, questions } of ROWS) {
  t.test(`${name} is ${String(found)} after ${questions} questions`, async t => {
    const { world, client, asked } = withNameServer();
    using _ = world;
    const outcome = await client.resolve(name).catch((error: NodeJS.ErrnoException) => error.code);
    t.same(outcome, found);
    t.equal(asked.length, questions);
    t.equal(world.elapsed(), 0);
  });
}

t.test('silence is EAI_AGAIN after two times five seconds', async t => {
  const { world, client, server } = withNameServer();
  using _ = world;
  server.destroy();
  await t.rejects(client.resolve('helloworld'), {
    code: 'EAI_AGAIN',
    message: 'getaddrinfo EAI_AGAIN helloworld',
  });
  t.equal(world.elapsed(), 10_000);
});

t.test('a name server without endpoints is EAI_AGAIN at once', async t => {
  const { world, client } = withNameServer();
  using _ = world;
  world.clusters.east.setServiceRoutes([
    { address: RESOLVER.nameserver, port: 53, protocol: 'UDP', endpoints: [] },
  ]);
  await t.rejects(client.resolve('helloworld'), { code: 'EAI_AGAIN' });
  t.equal(world.elapsed(), 0);
});

t.test('a sidecar’s redirect leaves datagrams alone', async t => {
  const { world, client } = withNameServer();
  using _ = world;
  client.setRedirect({ outboundPort: 15001, inboundPort: 15006, exemptUid: 1337, exemptInboundPorts: [] });
  t.same(await client.resolve('helloworld.sample'), ['10.110.0.9']);
});

t.test('a name with enough dots is asked for as it is first', t => {
  t.same(candidates('a.b.c.d.e.f', RESOLVER)[0], 'a.b.c.d.e.f');
  t.same(candidates('a.b', { search: ['x'], ndots: 1 }), ['a.b', 'a.b.x']);
  t.same(candidates('a.b', { search: ['x.'], ndots: 2 }), ['a.b.x', 'a.b']);
  t.end();
});

t.test('messages are DNS on the wire', t => {
  const query = encodeQuery(0x1234, 'a.bc');
  t.equal(query.toString('hex'), '123401000001000000000000' + '0161026263000001' + '0001');
  const answer = answerQuery(query, name => (name === 'a.bc' ? ['1.2.3.4'] : undefined));
  t.equal(
    answer?.toString('hex'),
    '123485800001000100000000' + '0161026263000001' + '0001' + 'c00c0001000100000005000401020304',
  );
  // Checked above.
  t.same(decodeAnswer(answer as Buffer), { id: 0x1234, rcode: RCODE.noError, addresses: ['1.2.3.4'] });
  const aaaa = Buffer.from(query);
  aaaa.writeUInt16BE(28, aaaa.length - 4);
  t.match(decodeAnswer(answerQuery(aaaa, () => ['1.2.3.4']) as Buffer), {
    rcode: RCODE.noError,
    addresses: [],
  });
  t.match(decodeAnswer(answerQuery(query, () => undefined) as Buffer), {
    rcode: RCODE.nameError,
    addresses: [],
  });
  t.equal(
    answerQuery(Buffer.from('no query'), () => []),
    undefined,
  );
  for (let length = 0; length < (answer as Buffer).length; length++) {
    t.doesNotThrow(() => decodeAnswer((answer as Buffer).subarray(0, length)));
    t.doesNotThrow(() => answerQuery(query.subarray(0, length), () => []));
  }
  t.end();
});
