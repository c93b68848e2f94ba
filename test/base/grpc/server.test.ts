/** The server behind servers of node:http2 that others own. */
import http2 from 'node:http2';
import tls from 'node:tls';
import t from 'tap';
import { GrpcClient } from '../../../harness/base/grpc/client.ts';
import { peerOf } from '../../../harness/base/grpc/server-call.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { testServer } from '../../support/grpc.ts';
import { credentials } from '../../support/small-world.ts';

t.test("'stream' events of a server in clear", async t => {
  const { server, seen } = testServer();
  const owner = http2.createServer();
  owner.on('stream', (stream, headers) => server.handle(stream, headers));
  const [near, far] = duplexPair();
  owner.emit('connection', far);
  const client = new GrpcClient(near, { authority: 'test' });
  t.equal((await client.unary('/test.Echo/Echo', Buffer.from('x'))).toString(), 'x');
  t.equal(seen.calls[0]?.peer.address, undefined);
  client.close();
});

t.test("'stream' events of a server with TLS, whose handlers see certificates", async t => {
  const { server, seen } = testServer();
  const { ca, key, cert, issue } = await credentials('server.test');
  const mine = await issue('client.test');
  const owner = http2.createSecureServer({ key, cert, ca: ca.rootPem, requestCert: true });
  const names: (string | undefined)[] = [];
  owner.on('stream', (stream, headers) => {
    const socket = stream.session?.socket;
    if (socket instanceof tls.TLSSocket) names.push(socket.getPeerX509Certificate()?.subjectAltName);
    server.handle(stream, headers, { ...peerOf(socket), address: '10.0.0.1:5' });
  });
  const [near, far] = duplexPair();
  owner.emit('connection', far);
  const options = { ca: ca.rootPem, servername: 'server.test', ALPNProtocols: ['h2'], ...mine };
  const socket = tls.connect({ socket: near, ...options });
  await new Promise(resolve => socket.once('secureConnect', resolve));
  const client = new GrpcClient(socket, { authority: 'server.test', scheme: 'https' });
  t.equal((await client.unary('/test.Echo/Later', Buffer.from('x'))).toString(), 'x');
  const peer = seen.calls[0]?.peer;
  t.equal(peer?.address, '10.0.0.1:5');
  if (!(peer?.socket instanceof tls.TLSSocket)) throw new Error('no TLS socket');
  t.match(names[0], /client\.test/);
  client.close();
});
