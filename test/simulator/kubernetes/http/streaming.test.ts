import { Duplex, PassThrough } from 'node:stream';
import { constants, createDeflate, inflateSync } from 'node:zlib';
import t from 'tap';
import { KubernetesApiError } from '../../../../harness/base/kubernetes-client.ts';
import {
  controlFrame,
  dataFrame,
  dictionary,
  EmptyHeaderWriter,
  FLAG_FIN,
  FRAME,
  type Frame,
  FrameReader,
  HeaderReader,
  uint32,
} from '../../../../harness/simulator/kubernetes/http/streaming/spdy-frames.ts';
import { serveSpdy } from '../../../../harness/simulator/kubernetes/http/streaming/spdy-session.ts';
import type { ExecStreams, KubeletApi } from '../../../../harness/simulator/kubernetes/kubelet-api.ts';
import { badRequest } from '../../../../harness/simulator/kubernetes/registry/status.ts';
import { duplexPair } from '../../../support/duplex-pair.ts';
import { type ApiWorld, apiWorld } from '../api-world.ts';

/** A kubelet whose containers know four programs. */
const kubelet: KubeletApi = {
  async exec(_pod, container, argv, streams: ExecStreams) {
    switch (argv[0]) {
      case 'echo':
        streams.stdout?.write(`${argv.slice(1).join(' ')}\n`);
        streams.stderr?.write('(to stderr)');
        return { kind: 'exited', exitCode: 0 };
      case 'cat':
        for await (const chunk of streams.stdin ?? []) streams.stdout?.write(chunk as Buffer);
        return { kind: 'exited', exitCode: 0 };
      case 'large':
        for (let index = 0; index < 100; index++) streams.stdout?.write(Buffer.alloc(100_000, 'x'));
        return { kind: 'exited', exitCode: 0 };
      case 'exit':
        return { kind: 'exited', exitCode: Number(argv[1]) };
      default:
        return { kind: 'failed', message: `no ${argv[0]} in ${container}` };
    }
  },
  attach: async () => ({ kind: 'exited', exitCode: 0 }),
  async logs(_pod, container, { tailLines = 3, follow }, output) {
    if (container === 'waiting')
      throw badRequest('container "waiting" in pod "p" is waiting to start: ContainerCreating');
    for (let line = 3 - tailLines; line < 3; line++) output(`line ${line}\n`);
    if (follow) output('followed\n');
  },
  portForward: () => new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }),
};

async function podWorld(): Promise<ApiWorld> {
  const world = await apiWorld();
  world.api.connectKubelets(kubelet);
  const container = (name: string) => ({ name, image: 'x' });
  world.api.machinery.client.create('pods', {
    metadata: { name: 'p', namespace: 'sample' },
    spec: { nodeName: 'n', containers: [container('a'), container('waiting')] },
  });
  world.api.machinery.client.create('pods', {
    metadata: { name: 'unscheduled', namespace: 'sample' },
    spec: { containers: [container('a')] },
  });
  return world;
}

t.test('exec carries output, input, exit codes and refusals', async t => {
  await using world = await podWorld();
  const exec = (argv: string[], options = {}) => world.admin.exec('sample', 'p', 'a', argv, options);
  t.same(await exec(['echo', 'hello', 'world']), {
    exitCode: 0,
    stdout: 'hello world\n',
    stderr: '(to stderr)',
  });
  t.match(await exec(['exit', '3']), { exitCode: 3 });
  t.match(await exec(['cat'], { stdin: 'through and through' }), {
    exitCode: 0,
    stdout: 'through and through',
  });
  t.equal((await exec(['large'])).stdout.length, 10_000_000, 'ten megabytes arrive whole');
  await t.rejects(exec(['nope']), { message: /no nope in a/ });
  // client-node keeps the sentence of a refused upgrade to itself.
  const codeOf = (pod: string, container: string | undefined, client = world.admin) =>
    client.exec('sample', pod, container, ['echo']).then(
      () => 101,
      (error: unknown) => (error instanceof KubernetesApiError ? error.code : String(error)),
    );
  t.equal(await codeOf('p', 'bad'), 400, 'no such container');
  t.equal(await codeOf('p', undefined), 400, 'which of the two?');
  t.equal(await codeOf('unscheduled', 'a'), 400, 'on no node');
  t.equal(await codeOf('absent', 'a'), 404);
  t.equal(await codeOf('p', 'a', await world.withCertificate('alice', [])), 403, 'without the right to it');
});

t.test('logs come as text', async t => {
  await using world = await podWorld();
  t.equal(await world.admin.logs('sample', 'p', { container: 'a' }), 'line 0\nline 1\nline 2\n');
  t.equal(
    await world.admin.logs('sample', 'p', { container: 'a', tailLines: '1', follow: 'true' }),
    'line 2\nfollowed\n',
  );
  await t.rejects(world.admin.logs('sample', 'p', { container: 'waiting', follow: 'true' }), {
    message: 'container "waiting" in pod "p" is waiting to start: ContainerCreating',
  });
  await t.rejects(
    world.admin.request('GET', '/api/v1/namespaces/sample/pods/p/exec?command=x&container=a&stdout=true'),
    {
      message: 'Upgrade request required',
    },
  );
});

/** Header blocks as a client writes them: each compressed with what came before. */
function headerWriter(): (headers: Record<string, string>) => Promise<Buffer> {
  const deflate = createDeflate({ dictionary: dictionary() });
  const text = (value: string) => Buffer.concat([uint32(value.length), Buffer.from(value)]);
  return headers =>
    new Promise(resolve => {
      const entries = Object.entries(headers);
      const chunks: Buffer[] = [];
      const collect = (chunk: Buffer) => chunks.push(chunk);
      deflate.on('data', collect);
      deflate.write(
        Buffer.concat([
          uint32(entries.length),
          ...entries.flatMap(([name, value]) => [text(name), text(value)]),
        ]),
      );
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        deflate.off('data', collect);
        resolve(Buffer.concat(chunks));
      });
    });
}

t.test('SPDY header blocks share a context in each direction', async t => {
  t.equal(dictionary().length, 1423);
  const write = headerWriter();
  const reader = new HeaderReader();
  const blocks: Record<string, string>[] = [
    { streamtype: 'error' },
    { streamtype: 'data', port: '80', requestid: '0' },
    {},
  ];
  for (const headers of blocks) {
    t.same(Object.fromEntries(reader.read(await write(headers))), headers);
  }
  const empty = new EmptyHeaderWriter();
  const written = Buffer.concat([empty.next(), empty.next()]);
  t.same(inflateSync(written, { finishFlush: constants.Z_SYNC_FLUSH }), Buffer.alloc(8));
});

t.test('a SPDY connection carries streams that the client opens', async t => {
  const [client, server] = duplexPair();
  const write = headerWriter();
  const received: Frame[] = [];
  const frames = new FrameReader();
  client.on('data', (chunk: Buffer) => received.push(...frames.push(chunk)));
  serveSpdy(server, stream => {
    t.equal(stream.headers.get('streamtype'), 'stdin');
    stream.pipe(new PassThrough()).pipe(stream);
  });
  const syn = Buffer.concat([uint32(1, 0), Buffer.from([0, 0]), await write({ streamtype: 'stdin' })]);
  const bytes = Buffer.concat([
    controlFrame(FRAME.synStream, syn),
    controlFrame(FRAME.ping, uint32(7)),
    dataFrame(1, Buffer.from('hello')),
    dataFrame(1, Buffer.alloc(0), FLAG_FIN),
  ]);
  // Frames come in pieces of any size.
  for (const byte of bytes) client.write(Buffer.from([byte]));
  await new Promise(resolve => setTimeout(resolve, 50));
  const data = received.filter(frame => frame.kind === 'data');
  t.equal(Buffer.concat(data.map(({ payload }) => payload)).toString(), 'hello');
  t.equal((data.at(-1)?.flags ?? 0) & FLAG_FIN, FLAG_FIN, 'and ends as the client ended it');
  t.same(
    received
      .filter(frame => frame.kind === 'control')
      .map(frame => (frame.kind === 'control' ? frame.type : 0)),
    [FRAME.synReply, FRAME.ping],
  );
});
