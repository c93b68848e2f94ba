/**
 * WebSockets: watches, logs, sessions and forwarded ports, in the subprotocols that clients name or do not.
 */
import { Duplex } from 'node:stream';
import t from 'tap';
import { WebSocket } from 'ws';
import type { ExecStreams, KubeletApi } from '../../../../harness/simulator/kubernetes/kubelet-api.ts';
import { badRequest } from '../../../../harness/simulator/kubernetes/registry/status.ts';
import { type ApiWorld, apiWorld, configMap, configMaps } from '../api-world.ts';
import { tlsConnection } from '../raw-exchange.ts';

interface Heard {
  /** The protocol that was agreed on after `101`, or the code of a refusal and the message of its Status. */
  readonly opening: string;
  readonly messages: readonly { readonly isBinary: boolean; readonly data: Buffer }[];
  readonly closing: number;
}

interface Dialogue {
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
  /** Sent when the connection is open. */
  readonly says?: readonly (string | Buffer)[];
  /** Ends the connection after so many messages. */
  readonly until?: number;
  readonly onOpen?: () => void;
  readonly isAnonymous?: boolean;
}

/** Opens a WebSocket, as the administrator by default, and listens until it is closed. */
function talk(world: ApiWorld, path: string, dialogue: Dialogue = {}): Promise<Heard> {
  const {
    protocols = [],
    headers = { origin: 'https://x' },
    says = [],
    until = Number.POSITIVE_INFINITY,
  } = dialogue;
  const client = new WebSocket(`wss://x${path}`, [...protocols], {
    headers,
    createConnection: () => tlsConnection(world, dialogue.isAnonymous),
  });
  const messages: Heard['messages'][number][] = [];
  return new Promise((resolve, reject) => {
    let opening = '';
    client.on('open', () => {
      opening = `101 ${client.protocol}`.trim();
      for (const text of says) client.send(text);
      dialogue.onOpen?.();
    });
    client.on('message', (data: Buffer, isBinary) => {
      messages.push({ isBinary, data });
      if (messages.length >= until) client.close();
    });
    client.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const message = text.startsWith('{') ? (JSON.parse(text) as { message?: string }).message : text;
        resolve({ opening: `${response.statusCode} ${message ?? ''}`.trim(), messages, closing: 0 });
      });
    });
    client.on('close', closing => resolve({ opening, messages, closing }));
    client.on('error', reject);
  });
}

const texts = ({ messages }: Heard) => messages.map(({ data }) => data.toString());

/** Echoes what comes in, and tells how it ended. */
const kubelet: KubeletApi = {
  async exec(_pod, _container, argv, streams: ExecStreams) {
    if (argv[0] === 'fail') return { kind: 'exited', exitCode: 3 };
    for await (const chunk of streams.stdin ?? []) {
      streams.stdout?.write(chunk as Buffer);
      break;
    }
    return { kind: 'exited', exitCode: 0 };
  },
  attach: async () => ({ kind: 'exited', exitCode: 0 }),
  async logs(_pod, container, { follow }, output) {
    if (container === 'waiting') throw badRequest('it is waiting to start');
    output('first\n');
    if (follow) await new Promise(setImmediate);
    output('x'.repeat(3000));
  },
  portForward: () => {
    const echo: Duplex = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        echo.push(chunk);
        done();
      },
    });
    return echo;
  },
};

async function podWorld(): Promise<ApiWorld> {
  const world = await apiWorld();
  world.api.connectKubelets(kubelet);
  const containers = ['a', 'waiting'].map(name => ({ name, image: 'x' }));
  const { client } = world.api.machinery;
  client.create('pods', {
    metadata: { name: 'p', namespace: 'sample' },
    spec: { nodeName: 'n', containers },
  });
  client.create('pods', { metadata: { name: 'unscheduled', namespace: 'sample' }, spec: { containers } });
  return world;
}

const WATCH = '/api/v1/namespaces/sample/configmaps?watch=1';

t.test('a watch over WebSocket is its lines as texts', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const heard = await talk(world, WATCH, {
    until: 2,
    onOpen: () => void world.admin.create(configMaps, configMap('b')),
  });
  t.equal(heard.opening, '101');
  t.match(texts(heard), [
    /^\{"type":"ADDED","object":\{"kind":"ConfigMap",.*"name":"a".*\}\}\n$/,
    /^\{"type":"ADDED".*"name":"b".*\}\}\n$/,
  ]);
  t.notOk(heard.messages.some(({ isBinary }) => isBinary));
  const tables = { origin: 'https://x', accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
  t.match(texts(await talk(world, WATCH, { headers: tables, until: 1 })), [/"kind":"Table"/]);
  t.match(await talk(world, `${WATCH}&timeoutSeconds=1`, { says: ['nobody listens'] }), { closing: 1000 });
});

t.test('a watch over WebSocket is refused like any other, and for reasons of its own', async t => {
  await using world = await apiWorld();
  const opening = async (path: string, dialogue: Dialogue = {}) =>
    (await talk(world, path, dialogue)).opening;
  t.equal(await opening(WATCH, { headers: {} }), '403', 'from nowhere');
  t.equal(await opening(WATCH, { protocols: ['a', 'b'] }), '400', 'two protocols');
  t.equal(await opening(`${WATCH}&timeoutSeconds=1`, { protocols: ['anything'] }), '101 anything');
  t.match(await opening(`${WATCH}&resourceVersion=x`), /^500 resourceVersion: Invalid value/);
  t.match(await opening(`${WATCH}&labelSelector=a%20b`), /^400 unable to parse requirement/);
  t.match(await opening('/api/v1/things?watch=1'), /^404 the server could not find/);
  t.match(await opening(WATCH, { headers: { origin: 'x', accept: 'text/html' } }), /^406 /);
  t.equal(await opening('/api/v1/namespaces/sample'), '200', 'what is no stream is answered over HTTP');
});

t.test('logs over WebSocket are bytes, or base64', async t => {
  await using world = await podWorld();
  const path = '/api/v1/namespaces/sample/pods/p/log?container=a';
  const sizes = ({ messages }: Heard) => messages.map(({ data }) => data.length);
  for (const protocols of [[], ['binary.k8s.io'], ['unknown', 'binary.k8s.io']]) {
    const heard = await talk(world, path, { protocols, headers: {} });
    t.equal(heard.opening, protocols.length === 0 ? '101' : '101 binary.k8s.io');
    t.same(sizes(heard), [0, 6, 2048, 952], 'the first is empty, and none is long');
    t.ok(heard.messages.every(({ isBinary }) => isBinary));
    t.equal(heard.closing, 1000);
  }
  const heard = await talk(world, `${path}&follow=true`, { protocols: ['base64.binary.k8s.io'] });
  t.equal(heard.opening, '101 base64.binary.k8s.io');
  const decoded = texts(heard).map(text => Buffer.from(text, 'base64').toString());
  t.equal(decoded.join(''), `first\n${'x'.repeat(3000)}`);
  t.notOk(heard.messages.some(({ isBinary }) => isBinary));
  const opening = async (query: string, protocols: string[] = []) =>
    (await talk(world, `/api/v1/namespaces/sample/pods/${query}`, { protocols })).opening;
  t.equal(await opening('p/log?container=waiting&follow=true'), '400 it is waiting to start');
  t.equal(await opening('p/log?container=a', ['chat']), '403');
  t.match(await opening('absent/log'), /^404/);
  t.equal(await opening('unscheduled/log?container=a'), '204');
});

t.test('sessions speak the protocols of kubelets', async t => {
  await using world = await podWorld();
  const path = '/api/v1/namespaces/sample/pods/p/exec?container=a&stdin=true&stdout=true&command=';
  const plain = Buffer.from('\0hello');
  const success = '{"metadata":{},"status":"Success"}';
  for (const [protocol, message, answers] of [
    ['v5.channel.k8s.io', plain, ['\x01', '\x01hello', `\x03${success}`]],
    ['v4.channel.k8s.io', plain, ['\x01', '\x01hello', `\x03${success}`]],
    ['channel.k8s.io', plain, ['\x01', '\x01hello']],
    ['', plain, ['\x01', '\x01hello']],
    [
      'v4.base64.channel.k8s.io',
      '0aGVsbG8=',
      ['1', '1aGVsbG8=', `3${Buffer.from(success).toString('base64')}`],
    ],
    ['base64.channel.k8s.io', '0aGVsbG8=', ['1', '1aGVsbG8=']],
  ] as const) {
    const protocols = protocol === '' ? [] : [protocol];
    const heard = await talk(world, `${path}echo`, { protocols, says: [message], headers: {} });
    t.equal(heard.opening, `101 ${protocol}`.trim());
    t.same(texts(heard), answers, protocol);
    t.ok(heard.messages.every(({ isBinary }) => isBinary !== protocol.includes('base64')));
  }
  const old = await talk(world, `${path}fail`, { protocols: ['channel.k8s.io'] });
  t.equal(
    texts(old).at(-1),
    '\x03command terminated with non-zero exit code: command terminated with exit code 3',
    'the first protocols know no Status',
  );
  t.equal((await talk(world, `${path}echo`, { protocols: ['chat'] })).opening, '403');
});

t.test('ports are forwarded for clients that name no protocol, and in base64', async t => {
  await using world = await podWorld();
  const path = '/api/v1/namespaces/sample/pods/p/portforward?ports=8080';
  const opening = Buffer.from([0x90, 0x1f]);
  for (const protocols of [[], ['v4.channel.k8s.io']]) {
    const heard = await talk(world, path, {
      protocols,
      headers: {},
      says: [Buffer.from('\0ping')],
      until: 3,
    });
    t.equal(heard.opening, `101 ${protocols.join()}`.trim());
    const answers = [Buffer.concat([Buffer.from([0]), opening]), Buffer.concat([Buffer.from([1]), opening])];
    t.same(
      heard.messages.map(({ data }) => data),
      [...answers, Buffer.from('\0ping')],
    );
  }
  const protocols = ['v4.base64.channel.k8s.io'];
  const heard = await talk(world, path, { protocols, says: ['0cGluZw=='], until: 3 });
  const port = opening.toString('base64');
  t.same(texts(heard), [`0${port}`, `1${port}`, '0cGluZw==']);
  t.equal((await talk(world, path, { protocols: ['chat'] })).opening, '403');
});

t.test('browsers have their token among the subprotocols', async t => {
  await using world = await apiWorld();
  const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'sample', name: 'default' };
  const made = await world.admin.create({ ...path, subresource: 'token' }, { metadata: {}, spec: {} });
  const { token } = (made as unknown as { status: { token: string } }).status;
  const named = `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;
  const opening = async (protocols: string[]) =>
    (await talk(world, WATCH, { protocols, isAnonymous: true })).opening;
  t.match(await opening([named, 'x']), /^403 .*User "system:serviceaccount:sample:default"/);
  t.equal(await opening([named]), '401 Unauthorized', 'there must be another one to agree on');
  t.match(await opening(['x']), /^403 .*User "system:anonymous"/);
  await world.admin.create(
    { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings' },
    {
      metadata: { name: 'all' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'sample' }],
    },
  );
  const heard = await talk(world, `${WATCH}&timeoutSeconds=1`, {
    protocols: [named, 'x'],
    isAnonymous: true,
  });
  t.equal(heard.opening, '101 x', 'the token is not among those that are answered');
});
