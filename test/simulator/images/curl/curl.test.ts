import http from 'node:http';
import https from 'node:https';
import t from 'tap';
import { createImageCatalog } from '../../../../harness/simulator/images/catalog.ts';
import { answerQuery } from '../../../../harness/simulator/network/dns.ts';
import type { VirtualSocket } from '../../../../harness/simulator/network/interfaces.ts';
import type { Image } from '../../../../harness/simulator/program.ts';
import { runProgram } from '../../../support/run-program.ts';
import { credentials, smallWorld } from '../../../support/small-world.ts';

const NO_TIMERS = {
  requestTimeout: 0,
  headersTimeout: 0,
  keepAliveTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
};
const catalog = createImageCatalog();
// Both are in the catalog, see catalog.test.ts.
const image = (reference: string) => catalog(reference) as Image;
const OLD = image('governmentpaas/curl-ssl');
const MODERN = image('docker.io/curlimages/curl:8.16.0');

/** A client, a name server, and a server of each kind, good and bad. */
async function withServers(t: { teardown: (undo: () => void) => void }) {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const web = world.clusters.east.addPod('web', 'east-node');
  const dns = world.clusters.east.addPod('dns', 'east-node');
  const { ca, key, cert } = await credentials('web.sample', 'other.sample');
  const zone: Record<string, readonly string[]> = {
    'web.sample': [web.address],
    'misnamed.sample': [web.address],
    'hole.sample': ['203.0.113.9'],
    'unreachable.sample': ['172.18.0.77'],
    'two.sample': ['172.18.0.77', web.address],
  };
  dns.listenDatagram(53, query => answerQuery(query, name => zone[name]));
  client.setResolver({ nameserver: dns.address, search: ['svc.cluster.local'], ndots: 1 });

  const requests: string[] = [];
  const handler: http.RequestListener = (request, response) => {
    response.sendDate = false;
    const body: Buffer[] = [];
    request.on('data', chunk => body.push(chunk));
    request.on('end', () => {
      requests.push(
        `${request.method} ${request.url} ${request.rawHeaders.join('|')} ${Buffer.concat(body)}`,
      );
      const socket = request.socket as unknown as VirtualSocket; // what listen() gave, for plain HTTP
      switch (request.url) {
        case '/503':
          response.writeHead(503, { 'Content-Type': 'text/plain' }).end('no healthy upstream');
          return;
        case '/silent':
          return;
        case '/half':
        case '/stuck':
        case '/broken':
          response.writeHead(200, { 'Content-Length': 100 });
          response.write('half');
          if (request.url === '/half') world.clock.setTimeout(() => socket.end(), 1000);
          if (request.url === '/broken') world.clock.setTimeout(() => socket.resetAndDestroy(), 1000);
          return;
        case '/reset':
          socket.resetAndDestroy();
          return;
        default:
          response.end(`path ${request.url}\n`);
      }
    });
  };
  const plain = http.createServer(NO_TIMERS, handler);
  const secure = https.createServer({ ...NO_TIMERS, key, cert: cert + ca.chainPem }, handler);
  const mutual = https.createServer(
    { ...NO_TIMERS, key, cert, ca: ca.rootPem, requestCert: true, rejectUnauthorized: true },
    handler,
  );
  t.teardown(() => {
    for (const server of [plain, secure, mutual]) server.close();
  });
  web.listen(80, socket => plain.emit('connection', socket));
  web.listen(443, socket => secure.emit('connection', socket));
  web.listen(444, socket => mutual.emit('connection', socket));
  web.listen(81, socket => socket.once('data', () => socket.end()));
  web.listen(82, socket => socket.once('data', () => socket.resetAndDestroy()));
  const run = (of: Image, ...args: string[]) =>
    runProgram(of, ['curl', ...args], {
      network: client,
      clock: world.clock,
      files: { '/ca.pem': ca.rootPem },
    });
  return { world, client, web, dns, run, requests };
}

interface ErrorRow {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly old: string;
  /** The same by default. */
  readonly modern?: string;
  /** Seconds of virtual time; 0 by default. */
  readonly after?: number;
}
const ERRORS: readonly ErrorRow[] = [
  { args: ['http://nosuch.sample/'], exitCode: 6, old: 'curl: (6) Could not resolve host: nosuch.sample\n' },
  {
    args: ['web.sample:5000/hello'],
    exitCode: 7,
    old: 'curl: (7) Failed to connect to web.sample port 5000: Connection refused\n',
    modern: 'curl: (7) Failed to connect to web.sample port 5000 after 0 ms: Could not connect to server\n',
  },
  {
    args: ['unreachable.sample'],
    exitCode: 7,
    old: 'curl: (7) Failed to connect to unreachable.sample port 80: Host is unreachable\n',
    modern:
      'curl: (7) Failed to connect to unreachable.sample port 80 after 3000 ms: Could not connect to server\n',
    after: 3,
  },
  {
    args: ['hole.sample'],
    exitCode: 28,
    old: 'curl: (28) Failed to connect to hole.sample port 80: Operation timed out\n',
    modern: 'curl: (28) Failed to connect to hole.sample port 80 after 127000 ms: Timeout was reached\n',
    after: 127,
  },
  {
    args: ['-m', '15', 'hole.sample'],
    exitCode: 28,
    old: 'curl: (28) Connection timed out after 15000 milliseconds\n',
    after: 15,
  },
  {
    args: ['--connect-timeout', '2.5', 'hole.sample'],
    exitCode: 28,
    old: 'curl: (28) Connection timed out after 2500 milliseconds\n',
    after: 2.5,
  },
  {
    args: ['--connect-timeout', '1', '-m3', 'web.sample/silent'],
    exitCode: 28,
    old: 'curl: (28) Operation timed out after 3000 milliseconds with 0 bytes received\n',
    after: 3,
  },
  {
    args: ['-m5', '-o', '/dev/null', 'web.sample/stuck'],
    exitCode: 28,
    old: 'curl: (28) Operation timed out after 5000 milliseconds with 4 out of 100 bytes received\n',
    after: 5,
  },
  {
    args: ['-o', '/dev/null', 'web.sample/half'],
    exitCode: 18,
    old: 'curl: (18) transfer closed with 96 bytes remaining to read\n',
    after: 1,
  },
  {
    args: ['-o', '/dev/null', 'web.sample/broken'],
    exitCode: 56,
    old: 'curl: (56) Recv failure: Connection reset by peer\n',
    after: 1,
  },
  { args: ['web.sample:81'], exitCode: 52, old: 'curl: (52) Empty reply from server\n' },
  { args: ['web.sample:82'], exitCode: 56, old: 'curl: (56) Recv failure: Connection reset by peer\n' },
  { args: ['web.sample/reset'], exitCode: 56, old: 'curl: (56) Recv failure: Connection reset by peer\n' },
  {
    args: ['-f', 'web.sample/503'],
    exitCode: 22,
    old: 'curl: (22) The requested URL returned error: 503 Service Unavailable\n',
    modern: 'curl: (22) The requested URL returned error: 503\n',
  },
  {
    args: ['ftp://web.sample/'],
    exitCode: 1,
    old: 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n',
    modern: 'curl: (1) Protocol "ftp" not supported\n',
  },
  { args: ['http://web.sample/[1-'], exitCode: 3, old: 'curl: (3) bad range in URL position 20\n' },
  {
    args: ['https://web.sample:82/'],
    exitCode: 35,
    old: 'curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to web.sample:82 \n',
    modern: 'curl: (35) Recv failure: Connection reset by peer\n',
  },
  {
    args: ['https://web.sample:81/'],
    exitCode: 35,
    old: 'curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to web.sample:81 \n',
    modern: 'curl: (35) TLS connect error: error:0A000126:SSL routines::unexpected eof while reading\n',
  },
];
for (const { args, exitCode, old, modern = old, after = 0 } of ERRORS) {
  for (const [name, of, message] of [
    ['7.69', OLD, old],
    ['8.16', MODERN, modern],
  ] as const) {
    t.test(`curl ${name} ${args.join(' ')}: exit code ${exitCode}`, async t => {
      const { world, run } = await withServers(t);
      using _ = world;
      t.same(await run(of, '-sS', ...args), { exitCode, stdout: '', stderr: message });
      t.equal(world.elapsed(), after * 1000);
    });
  }
}

t.test('a server certificate of an unknown authority is refused, unless -k', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  t.match(await run(OLD, '-sS', 'https://web.sample/x'), {
    exitCode: 60,
    stdout: '',
    stderr:
      /^curl: \(60\) SSL certificate problem: self signed certificate in certificate chain\nMore details here: https/,
  });
  t.match(await run(OLD, '-sSk', 'https://web.sample/x'), { exitCode: 0, stdout: 'path /x\n', stderr: '' });
  t.match(await run(MODERN, '-sS', '--cacert', '/ca.pem', 'https://web.sample/x'), {
    exitCode: 0,
    stdout: 'path /x\n',
  });
  t.match(await run(MODERN, '-sS', '--cacert', '/ca.pem', 'https://misnamed.sample/x'), {
    exitCode: 60,
    stderr: /no alternative certificate subject name matches target host name 'misnamed.sample'/,
  });
  t.match(await run(MODERN, '-sS', '--cacert', '/none.pem', 'https://web.sample/x'), { exitCode: 77 });
});

t.test('a server that asks for a certificate turns a stranger away', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  for (const of of [OLD, MODERN]) {
    const refused = await run(of, '-sSk', 'https://web.sample:444/x');
    t.equal(refused.exitCode, 56);
    t.match(refused.stderr, /^curl: \(56\) OpenSSL SSL_read: error:.*alert certificate required/);
  }
});

t.test('the request is what curl sends', async t => {
  const { world, run, requests } = await withServers(t);
  using _ = world;
  await run(OLD, '-s', 'http://web.sample/a?b=c#fragment');
  await run(MODERN, '-s', 'web.sample');
  await run(OLD, '-s', '-H', 'X-One: 1', '-H', 'Host: other', '-H', 'Accept:', 'web.sample:80/h');
  await run(OLD, '-s', '-d', 'a=1', '-d', 'b=2', 'web.sample/post');
  await run(OLD, '-s', '-X', 'DELETE', '-A', 'me', 'web.sample/x');
  t.same(requests, [
    'GET /a?b=c Host|web.sample|User-Agent|curl/7.69.1|Accept|*/* ',
    'GET / Host|web.sample|User-Agent|curl/8.16.0|Accept|*/* ',
    'GET /h Host|other|User-Agent|curl/7.69.1|X-One|1 ',
    'POST /post Host|web.sample|User-Agent|curl/7.69.1|Accept|*/*|Content-Length|7|Content-Type|application/x-www-form-urlencoded a=1&b=2',
    'DELETE /x Host|web.sample|User-Agent|me|Accept|*/* ',
  ]);
});

t.test('an error status is a success of curl’s', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  t.same(await run(OLD, '-sS', 'web.sample/503'), { exitCode: 0, stdout: 'no healthy upstream', stderr: '' });
});

t.test('numbered URLs are transfers of their own, over one connection or each over its own', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  const format = '%{http_code} %{num_connects}\\n';
  t.equal(
    (await run(OLD, '-sS', '-w', format, 'http://web.sample/n?[1-3]')).stdout,
    'path /n?1\n200 1\npath /n?2\n200 0\npath /n?3\n200 0\n',
  );
  t.equal(
    (await run(OLD, '-sS', '-H', 'Connection: close', '-w', format, 'http://web.sample/n?[1-3]')).stdout,
    'path /n?1\n200 1\npath /n?2\n200 1\npath /n?3\n200 1\n',
  );
  t.equal(
    (await run(OLD, '-sSk', '-w', '%{num_connects}\\n', 'https://web.sample/{a,b}')).stdout,
    'path /a\n1\npath /b\n0\n',
  );
});

t.test('a connection that serves many transfers gathers no listeners', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const { stdout } = await run(
    OLD,
    '-sS',
    '-o',
    '/dev/null',
    '-w',
    '%{num_connects}',
    'http://web.sample/[1-40]',
  );
  await new Promise(resolve => setImmediate(resolve));
  t.equal(stdout, `1${'0'.repeat(39)}`);
  t.same(warnings, []);
});

t.test('a kept connection that died meanwhile is replaced without a word', async t => {
  using world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const web = world.clusters.east.addPod('web', 'east-node');
  web.listen(80, socket => {
    let count = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      if (count++ === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      else socket.resetAndDestroy();
    });
  });
  const outcome = await runProgram(
    OLD,
    ['curl', '-sS', '-w', '%{num_connects} ', `http://${web.address}/[1-2]`],
    {
      network: client,
      clock: world.clock,
    },
  );
  t.same(outcome, { exitCode: 0, stdout: 'ok1 ok1 ', stderr: '' });
});

t.test('the exit code is the last transfer’s, and each has its message', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  const outcome = await run(
    MODERN,
    '-sS',
    '-w',
    '%{http_code}:%{exitcode} ',
    'http://web.sample:{9,80,9,80}/',
  );
  t.equal(outcome.exitCode, 0);
  t.equal(outcome.stdout, '000:7 path /\n200:0 000:7 path /\n200:0 ');
  t.equal(outcome.stderr.split('\n').length, 3);
  t.equal((await run(MODERN, '-s', 'http://web.sample:{80,9}/')).exitCode, 7);
});

t.test('-w tells times on the world’s clock, addresses, and what it does not know', async t => {
  const { world, run, client, web } = await withServers(t);
  using _ = world;
  world.network.faults.delay(({ protocol }) => protocol === 'TCP', 250);
  const format =
    '%{time_connect} %{time_total} %{local_ip} %{remote_ip}:%{remote_port} %{size_download} 100%% %{exitcode}\\t|';
  const { stdout, stderr } = await run(OLD, '-sS', '-o', '/dev/null', '-w', format, 'web.sample/x');
  t.equal(stdout, `0.500000 1.000000 ${client.address} ${web.address}:80 8 100% \t|`);
  t.equal(stderr, "curl: unknown --write-out variable: 'exitcode'\n");
});

t.test('every address of a name is tried', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  t.match(await run(OLD, '-sS', 'two.sample/x'), { exitCode: 0, stdout: 'path /x\n' });
});

t.test('a name server that says nothing is a host that cannot be resolved, or a timeout', async t => {
  const { world, run, dns } = await withServers(t);
  using _ = world;
  dns.destroy();
  t.match(await run(OLD, '-sS', 'web.sample'), { exitCode: 6 });
  t.match(await run(OLD, '-sS', '-m4', 'web.sample'), {
    exitCode: 28,
    stderr: 'curl: (28) Resolving timed out after 4000 milliseconds\n',
  });
});

t.test('without -s the progress meter is on stderr; -s alone is silent about errors', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  t.match(await run(OLD, 'web.sample/x'), {
    exitCode: 0,
    stdout: 'path /x\n',
    stderr: /^ {2}% Total.*\n.*Speed\n\r100 {5}8 /,
  });
  t.match((await run(OLD, 'web.sample:9')).stderr, /\ncurl: \(7\) Failed to connect/);
  t.match(await run(OLD, '-s', 'web.sample:9'), { exitCode: 7, stdout: '', stderr: '' });
});

t.test('heads, the verbose mode, fixed addresses', async t => {
  const { world, run } = await withServers(t);
  using _ = world;
  t.match((await run(OLD, '-sI', 'web.sample/x')).stdout, /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n$/s);
  t.match((await run(OLD, '-si', 'web.sample/x')).stdout, /^HTTP\/1.1 200 OK\r\n.*\r\n\r\npath \/x\n$/s);
  t.match(
    (await run(OLD, '-sv', 'web.sample/x')).stderr,
    /\* Connected to web.sample .*\n> GET \/x HTTP\/1.1\n.*< HTTP\/1.1 200 OK\n/s,
  );
  t.match(await run(OLD, '-s', '--resolve', 'nowhere.example:80:10.10.0.3', 'nowhere.example/x'), {
    stdout: 'path /x\n',
  });
});

const USAGE: readonly (readonly [readonly string[], RegExp])[] = [
  [['--no-such-option'], /^curl: option --no-such-option: is unknown\ncurl: try 'curl --help'/],
  [['-sQ'], /^curl: option -sQ: is unknown\n/],
  [['web.sample', '-m'], /^curl: option -m: requires parameter\n/],
  [['-m', 'soon', 'web.sample'], /^curl: option --max-time: expected a proper numerical parameter\n/],
  [[], /^curl: no URL specified!\n/],
];
for (const [args, message] of USAGE) {
  t.test(`curl ${args.join(' ')} is wrong usage`, async t => {
    const { world, run } = await withServers(t);
    using _ = world;
    t.match(await run(OLD, ...args), { exitCode: 2, stdout: '', stderr: message });
  });
}

t.test('a curl that is told to end ends at once', async t => {
  const { world, client } = await withServers(t);
  using _ = world;
  const stop = new AbortController();
  const running = runProgram(OLD, ['curl', '-sS', 'web.sample/silent'], {
    network: client,
    clock: world.clock,
    signal: stop.signal,
  });
  world.clock.setTimeout(() => stop.abort(), 3000);
  t.match(await running, { exitCode: 143, stderr: '' });
  t.equal(world.elapsed(), 3000);
});

t.test('what comes after a whole answer is no error, but ends the connection', async t => {
  const { run, web } = await withServers(t);
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  for (const [port, excess] of [
    [91, 'GARBAGE'],
    [92, answer],
  ] as const) {
    web.listen(port, socket =>
      socket.on('error', () => {}).once('data', () => socket.write(answer + excess)),
    );
    const url = `http://web.sample:${port}/`;
    t.same(await run(OLD, '-sS', '-w', ' %{num_connects}\n', url, url), {
      exitCode: 0,
      stdout: 'hi 1\nhi 1\n',
      stderr: '',
    });
  }
});
