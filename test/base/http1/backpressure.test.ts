/** Who is slow makes the other end wait, in both directions, and nothing is lost by it. */
import type { Duplex } from 'node:stream';
import t from 'tap';
import { ClientConnection } from '../../../harness/base/http1/client-connection.ts';
import type { ClientExchange, ExchangeHandlers } from '../../../harness/base/http1/client-exchange.ts';
import { ConnectionEndedError } from '../../../harness/base/http1/errors.ts';
import { headText } from '../../../harness/base/http1/outgoing-message.ts';
import {
  type ServerHandlers,
  type ServerRequest,
  serveConnection,
} from '../../../harness/base/http1/server-connection.ts';
import type { ServerResponse } from '../../../harness/base/http1/server-response.ts';
import { duplexPair } from '../../support/duplex-pair.ts';

const CHUNK = Buffer.alloc(8 * 1024, 'x');
const CHUNKS = 100;

const turns = async (count = 5) => {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve));
};

function connected(handlers: ServerHandlers): { client: ClientConnection; server: Duplex } {
  const [client, server] = duplexPair();
  serveConnection(server, handlers);
  return { client: new ClientConnection(client, {}), server };
}

function begin(
  client: ClientConnection,
  method: string,
  headers: readonly string[],
  handlers: Partial<ExchangeHandlers>,
): ClientExchange {
  const framing = headers.includes('chunked') ? 'chunked' : 'plain';
  const head = headText(`${method} / HTTP/1.1`, ['Host', 'h', ...headers]);
  const nothing = { onHead: () => {}, onBody: () => {}, onEnd: () => {}, onFail: () => {} };
  return client.begin({ method, head, framing, keepsAlive: true }, { ...nothing, ...handlers });
}

/** Writes all chunks, and waits where it is told to. @returns how often it waited */
function writeAll(write: (bytes: Buffer) => boolean, end: () => void): { go(): void; waits: number } {
  let left = CHUNKS;
  const writer = {
    waits: 0,
    go: () => {
      while (left > 0) {
        left--;
        if (write(CHUNK)) continue;
        writer.waits++;
        return;
      }
      end();
    },
  };
  return writer;
}

t.test('a server that does not read makes the client wait', async t => {
  let request: ServerRequest | undefined;
  let [bytes, hasEnded] = [0, false];
  const { client } = connected({
    onRequest: (incoming, response) => {
      request = incoming;
      incoming.pause();
      incoming.read({
        onBody: part => {
          bytes += part.length;
        },
        onEnd: () => {
          hasEnded = true;
          response.writeHead({ status: 204, headers: [] });
          response.end();
        },
      });
    },
  });
  let isAnswered = false;
  const writer = writeAll(
    part => exchange.write(part),
    () => exchange.end(),
  );
  const exchange = begin(client, 'POST', ['Transfer-Encoding', 'chunked'], {
    onDrain: () => writer.go(),
    onEnd: () => {
      isAnswered = true;
    },
  });
  writer.go();
  await turns();
  const waits = writer.waits;
  await turns();
  t.ok(waits > 0 && writer.waits === waits, 'it waits');
  t.ok(bytes < (CHUNKS * CHUNK.length) / 2);
  t.notOk(hasEnded);
  request?.resume();
  await turns(300);
  t.equal(bytes, CHUNKS * CHUNK.length);
  t.ok(isAnswered && client.isFree, 'and all arrives');
});

t.test('a client that does not read makes the server wait', async t => {
  const writers: { waits: number }[] = [];
  const { client } = connected({
    onRequest: (_request, response) => {
      response.writeHead({ status: 200, headers: [] });
      const writer = writeAll(
        part => response.write(part),
        () => response.end(),
      );
      writers.push(writer);
      response.onDrain = () => writer.go();
      writer.go();
    },
  });
  let [bytes, isWhole] = [0, false];
  const exchange = begin(client, 'GET', [], {
    onHead: () => exchange.pause(),
    onBody: part => {
      bytes += part.length;
    },
    onEnd: () => {
      isWhole = true;
    },
  });
  exchange.end();
  await turns();
  const waits = writers[0]?.waits ?? 0;
  await turns();
  t.ok(waits > 0 && writers[0]?.waits === waits, 'it waits');
  t.notOk(isWhole);
  exchange.resume();
  await turns(300);
  t.ok(isWhole);
  t.equal(bytes, CHUNKS * CHUNK.length, 'and all arrives');
});

t.test('a client that takes no answers is not read from any more', async t => {
  let requests = 0;
  const [client, server] = duplexPair();
  serveConnection(server, {
    onRequest: (_request, response) => {
      requests++;
      response.writeHead({ status: 200, headers: ['Content-Length', String(CHUNK.length)] });
      response.end(CHUNK);
    },
  });
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  for (let count = 0; count < CHUNKS; count++) client.write(request);
  await turns(20);
  t.ok(requests < 20, `${requests} requests were read`);
  let received = 0;
  client.on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  await turns(500);
  t.equal(requests, CHUNKS);
  t.ok(received > CHUNKS * CHUNK.length, 'all are answered in the end');
});

t.test('answers leave in the order of the requests, whichever is ready first', async t => {
  const responses: ServerResponse[] = [];
  const [client, server] = duplexPair();
  serveConnection(server, { onRequest: (_request, response) => responses.push(response) });
  client.write('GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n');
  let text = '';
  client.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  await turns();
  const closed: number[] = [];
  for (const index of [1, 0]) {
    const response = responses[index];
    if (response) response.onClose = () => closed.push(index);
    response?.writeHead({ status: 200, headers: ['Content-Length', '1'] });
    response?.end(String(index + 1));
    await turns();
    if (index === 1) t.equal(text, '', 'the second waits');
  }
  t.same(closed, [1, 0]);
  t.match(
    text,
    /^HTTP\/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP\/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2$/,
  );
});

t.test('who gives up closes the connection, and hears nothing more', async t => {
  const closed: boolean[] = [];
  const { client } = connected({
    onRequest: (_request, response) => {
      response.onClose = () => closed.push(response.hasEnded);
    },
  });
  const heard: string[] = [];
  const exchange = begin(client, 'GET', [], {
    onFail: () => heard.push('fail'),
    onClose: () => heard.push('close'),
  });
  exchange.end();
  await turns();
  exchange.destroy();
  exchange.destroy();
  await turns();
  t.same(heard, ['close']);
  t.notOk(client.isFree);
  client.stream.destroy();
  t.ok(client.stream.destroyed);
});

t.test('an exchange tells an end from an error of the socket', async t => {
  const errors: Error[] = [];
  for (const reason of [undefined, new Error('reset')]) {
    const [stream, server] = duplexPair();
    server.resume();
    const client = new ClientConnection(stream, {});
    begin(client, 'GET', [], { onFail: error => errors.push(error) }).end();
    await turns();
    if (reason) stream.destroy(reason);
    else server.end();
    await turns();
  }
  t.ok(errors[0] instanceof ConnectionEndedError);
  t.equal(errors[0]?.message, 'socket hang up');
  t.equal(errors[1]?.message, 'reset');
});

t.test('an answer that comes before the request is over frees the connection after both', async t => {
  const { client } = connected({
    onRequest: (_request, response) => {
      response.writeHead({ status: 200, headers: ['Content-Length', '0'] });
      response.end();
    },
  });
  const heard: string[] = [];
  const exchange = begin(client, 'POST', ['Content-Length', '3'], {
    onEnd: () => heard.push('end'),
    onClose: () => heard.push('close'),
  });
  exchange.write(Buffer.from('a'));
  await turns();
  t.same(heard, ['end']);
  t.notOk(client.isFree);
  exchange.end(Buffer.from('bc'));
  t.same(heard, ['end', 'close']);
  t.ok(client.isFree);
});
