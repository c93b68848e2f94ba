import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import t from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { sleep } from '../../../harness/base/clock.ts';
import { connectSecurely, withVirtualTimeout } from '../../../harness/simulator/network/secure-socket.ts';
import { credentials, outcomeOf, smallWorld, textOf } from '../../support/small-world.ts';

const NO_TIMERS = {
  requestTimeout: 0,
  headersTimeout: 0,
  keepAliveTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
};

function pair() {
  const world = smallWorld();
  return {
    world,
    client: world.clusters.east.addPod('client', 'east-node'),
    server: world.clusters.west.addPod('server', 'west-node'),
  };
}

const bodyOf = async (response: http.IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
};

t.test('node:http keeps a connection and uses it again', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const web = http.createServer(NO_TIMERS, (request, response) =>
    response.end(`you asked for ${request.url}`),
  );
  t.teardown(() => web.close());
  server.listen(80, socket => web.emit('connection', socket));
  let connections = 0;
  const agent = new http.Agent({ keepAlive: true });
  Object.assign(agent, {
    createConnection: () => {
      connections++;
      return client.connect(server.address, 80);
    },
  });
  for (const path of ['/a', '/b', '/c']) {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) =>
      http.get({ agent, path, host: 'server' }, resolve).on('error', reject),
    );
    t.equal(await bodyOf(response), `you asked for ${path}`);
  }
  t.equal(connections, 1);
  agent.destroy();
  t.equal(world.elapsed(), 0);
});

t.test('node:https with certificates of both sides, and a request body', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const { ca, key, cert, issue } = await credentials('server.test');
  const mine = await issue('client');
  const web = https.createServer(
    { ...NO_TIMERS, key, cert, ca: ca.rootPem, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const socket = request.socket as tls.TLSSocket; // of an https server
      let bytes = 0;
      request.on('data', chunk => {
        bytes += chunk.length;
      });
      request.on('end', () => response.end(`${socket.getPeerCertificate().subject.CN} sent ${bytes}`));
    },
  );
  t.teardown(() => web.close());
  server.listen(443, socket => web.emit('connection', socket));
  const agent = new https.Agent({ keepAlive: true });
  Object.assign(agent, {
    createConnection: () =>
      connectSecurely(client.connect(server.address, 443), {
        servername: 'server.test',
        ca: ca.rootPem,
        ...mine,
      }),
  });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = https.request({ agent, method: 'POST', path: '/', host: 'server.test' }, resolve);
    request.on('error', reject);
    request.end(Buffer.alloc(2_000_000));
  });
  t.equal(await bodyOf(response), 'client sent 2000000');
  agent.destroy();
});

t.test('a TLS client on a socket that cannot connect fails with its error', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const secure = tls.connect({ socket: client.connect(server.address, 443) });
  const error = await new Promise<NodeJS.ErrnoException>(resolve => secure.once('error', resolve));
  t.equal(error.code, 'ECONNREFUSED');
});

t.test('a TLS server that refuses the client’s certificate is heard of', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const { ca, key, cert } = await credentials('server.test');
  server.listen(443, socket => {
    const secure = new tls.TLSSocket(socket, {
      isServer: true,
      key,
      cert,
      ca: ca.rootPem,
      requestCert: true,
      rejectUnauthorized: true,
    });
    secure.on('error', () => secure.destroy());
  });
  const secure = connectSecurely(client.connect(server.address, 443), {
    servername: 'server.test',
    ca: ca.rootPem,
  });
  const error = await new Promise<NodeJS.ErrnoException>(resolve => {
    secure.once('error', resolve);
    secure.resume();
  });
  t.match(error.code, /^ERR_SSL_.*CERTIFICATE/);
});

t.test('bytes are spliced through TLS without knowing it', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const gateway = world.clusters.west.addPod('gateway', 'west-node');
  const { ca, key, cert } = await credentials('server.test');
  server.listen(443, socket => {
    const secure = new tls.TLSSocket(socket, { isServer: true, key, cert });
    secure.on('data', data => secure.end(`echo ${data}`));
  });
  gateway.listen(15443, downstream => {
    const upstream = gateway.connect(server.address, 443);
    downstream.allowHalfOpen = true;
    upstream.allowHalfOpen = true;
    downstream.pipe(upstream);
    upstream.pipe(downstream);
  });
  const socket = client.connect(gateway.address, 15443);
  const secure = connectSecurely(socket, { servername: 'server.test', ca: ca.rootPem });
  const answer = new Promise<string>(resolve => {
    let text = '';
    secure.on('data', data => {
      text += data;
    });
    secure.on('end', () => resolve(text));
  });
  secure.write('hello');
  t.equal(await answer, 'echo hello');
});

t.test('a TLS socket’s idle timer runs on the world’s clock', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const { ca, key, cert } = await credentials('server.test');
  const serverTimedOut = new Promise<number>(resolve => {
    server.listen(443, socket => {
      const secure = withVirtualTimeout(new tls.TLSSocket(socket, { isServer: true, key, cert }), socket);
      secure.resume();
      secure.setTimeout(90_000, () => resolve(world.elapsed()));
    });
  });
  const secure = connectSecurely(client.connect(server.address, 443), {
    servername: 'server.test',
    ca: ca.rootPem,
  });
  await new Promise(resolve => secure.once('secureConnect', resolve));
  const clientTimedOut = new Promise<number>(resolve =>
    secure.setTimeout(30_000, () => resolve(world.elapsed())),
  );
  t.equal(await clientTimedOut, 30_000);
  t.equal(await serverTimedOut, 90_000);
});

t.test('ws speaks both ways', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const web = http.createServer(NO_TIMERS);
  t.teardown(() => web.close());
  const sockets = new WebSocketServer({ noServer: true });
  web.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, peer =>
      peer.on('message', data => peer.send(`echo ${data}`)),
    ),
  );
  server.listen(80, socket => web.emit('connection', socket));
  const peer = new WebSocket('ws://server/exec', {
    // Ws asks for a net.Socket and is content with less.
    createConnection: () => client.connect(server.address, 80) as never,
  });
  peer.on('open', () => peer.send('hello'));
  const message = await new Promise<string>(resolve => peer.once('message', data => resolve(String(data))));
  t.equal(message, 'echo hello');
  const closed = new Promise(resolve => peer.once('close', resolve));
  peer.close();
  t.equal(await closed, 1005);
});

t.test('an HTTP server that goes away in the middle of an answer is seen as such', async t => {
  const { world, client, server } = pair();
  using _ = world;
  const web = http.createServer(NO_TIMERS, (_request, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('a part');
    world.clock.setTimeout(() => server.destroy(), 10);
  });
  t.teardown(() => web.close());
  server.listen(80, socket => web.emit('connection', socket));
  const outcome = await new Promise<string>(resolve => {
    const request = http.get(
      { createConnection: () => client.connect(server.address, 80), path: '/' },
      response => {
        response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        response.resume();
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  t.equal(outcome, 'ECONNRESET');
});

t.test('a thousand connections are light', async t => {
  const { world, client, server } = pair();
  using _ = world;
  server.listen(80, socket => socket.end('x'));
  const texts = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const socket = client.connect(server.address, 80);
      await outcomeOf(socket);
      return textOf(socket);
    }),
  );
  t.equal(texts.join('').length, 1000);
  await sleep(world.clock, 1);
});
