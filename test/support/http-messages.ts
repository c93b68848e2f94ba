/** Random HTTP/1.1 messages, right and wrong, for the comparison of two codecs. */
import type { Random } from '../../harness/base/random.ts';

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'M-SEARCH', 'SUBSCRIBE', 'OPTIONS'];
/** The connection ends with them. */
const LAST_METHODS = ['CONNECT', 'PRI'];
const RARE_METHODS = ['SOURCE', 'DESCRIBE', 'FOO', 'get', 'GETS', 'LOC'];
const URLS = [
  '/',
  '/hello',
  '/a?b=c',
  '/a?b=c?d#e',
  '*',
  'http://h/x',
  'http://u@h:80?x',
  '/%20',
  '/a[]\\^`{|}~',
];
const RARE_URLS = [
  'h:80',
  '/a b',
  '/é',
  'http:/x',
  'a',
  '//',
  '/#a#?',
  'http://a@@b/',
  'http://a@b@c/',
  '',
  '?',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.0'];
const RARE_VERSIONS = [
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.2',
  'HTTP/11',
  'RTSP/1.0',
  'ICE/1.0',
  'HTTP',
  'http/1.1',
];
const HEADERS = [
  ...['Accept: */*', 'x-a:b', 'X-B:  two  words  ', 'x-empty:', 'User-Agent: a/1', 'x-é: 1', 'x-v: \xe9\xff'],
  ...['Connection: keep-alive', 'Connection: close', 'connection: foo, close', 'Connection: upgrade'],
  ...[
    'Connection: Keep-Alive, Upgrade',
    'Proxy-Connection: close',
    'Connection: close x',
    'Upgrade: websocket',
  ],
  ...['Cookie: a=b', 'Cookie: c=d', 'TE: trailers, chunked', 'Expect: 100-continue', 'Date: today', 'x-a: c'],
];
const RARE_HEADERS = [
  ...['Content-Length: 3', 'Content-Length: x', 'Content-Length:', 'Content-Length: 18446744073709551616'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Transfer-Encoding: chunked, gzip', ': x'],
  ...[
    'Transfer-Encoding: gzip,  Chunked  ',
    'Transfer-Encoding:',
    'x y: z',
    'x : y',
    ' folded',
    'x: \x01',
    'x',
  ],
  ...['Expect: more', 'Host: second', 'Content-Length: 5 ', 'Content-Length: 5, 5', 'x: y\rz', 'x: y\nz: a'],
];
const STATUS_LINES = [
  '200 OK',
  '200 OK',
  '200 OK',
  '404 Not Found',
  '503 ',
  '204 No Content',
  '304 Not Modified',
];
const RARE_STATUS_LINES = [
  '200',
  '101 Switching',
  '99 x',
  '2000 x',
  '000 x',
  '200  two words ',
  '200\tOK',
  '2x0 a',
];
const INTERIM = ['100 Continue', '102 Processing', '103 Early Hints', '110 Odd'];

/** A sequence of messages of one connection, as bytes in pieces. */
export interface Pieces {
  readonly pieces: readonly Buffer[];
  readonly messages: number;
}

/** Makes one to three requests, one after the other, and cuts them somewhere. */
export function randomRequests(random: Random): Pieces {
  const messages = 1 + random.integer(3);
  let text = '';
  for (let index = 0; index < messages; index++)
    text += randomRequest(random, index === 0 ? LAST_METHODS : []);
  return { pieces: cut(random, mutated(random, text)), messages };
}

/** Makes what a server may answer to one request, and cuts it somewhere. */
export function randomResponse(random: Random): Pieces {
  let text = rarely(random) ? randomInterim(random) : '';
  text += randomAnswer(random);
  if (rarely(random)) text += random.pick(['\r\n', 'x', 'HTTP', randomAnswer(random)]);
  return { pieces: cut(random, mutated(random, text)), messages: 1 };
}

const rarely = (random: Random): boolean => random.integer(12) === 0;
const often = <T>(random: Random, common: readonly T[], rare: readonly T[]): T =>
  random.pick(rarely(random) ? rare : common);

function randomRequest(random: Random, lastMethods: readonly string[]): string {
  const line = [
    often(random, METHODS, [...RARE_METHODS, ...lastMethods]),
    often(random, URLS, RARE_URLS),
    often(random, VERSIONS, RARE_VERSIONS),
  ];
  const host = rarely(random) ? [] : ['Host: h'];
  const first = rarely(random) ? line.slice(0, 2) : line;
  return `${first.join(' ')}\r\n${headersAndBody(random, host, random.integer(3) === 0)}`;
}

function randomAnswer(random: Random): string {
  const version = often(random, VERSIONS, RARE_VERSIONS);
  const line = `${version} ${often(random, STATUS_LINES, RARE_STATUS_LINES)}`;
  return `${line}\r\n${headersAndBody(random, [], random.integer(6) !== 0)}`;
}

const randomInterim = (random: Random): string =>
  `HTTP/1.1 ${random.pick(INTERIM)}\r\n${rarely(random) ? 'x: y\r\n' : ''}\r\n`;

function headersAndBody(random: Random, first: readonly string[], wantsBody: boolean): string {
  const headers = [...first];
  for (let count = random.integer(4); count > 0; count--) headers.push(random.pick(HEADERS));
  if (rarely(random)) headers.push(random.pick(RARE_HEADERS));
  const body = wantsBody ? random.text(random.integer(40), 'abcdef\r\n0123') : '';
  const end = (header: string, bytes: string) => `${[...headers, header].join('\r\n')}\r\n\r\n${bytes}`;
  if (body !== '' && random.integer(2) === 0) return end('Transfer-Encoding: chunked', chunks(random, body));
  if (wantsBody) return end(`Content-Length: ${body.length}`, body);
  return `${headers.map(header => `${header}\r\n`).join('')}\r\n`;
}

function chunks(random: Random, body: string): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.integer(body.length - at);
    const extension = rarely(random)
      ? random.pick([';a', ';a=b', ';a="b;\\"c"', ';', '; a', ';a=b;c', ' '])
      : '';
    text += `${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  const trailer = rarely(random)
    ? random.pick(['x: y\r\n', 'Connection: close\r\n', 'Content-Length: 1\r\n'])
    : '';
  return `${text}0\r\n${trailer}\r\n`;
}

/** Changes a byte or two of one in three; and cuts off the end of some. */
function mutated(random: Random, text: string): string {
  if (random.integer(3) > 0) return text;
  let changed = text;
  for (let count = 1 + random.integer(2); count > 0; count--) {
    const at = random.integer(changed.length);
    const byte = random.pick([
      '\r',
      '\n',
      '\r\n',
      ' ',
      ':',
      ',',
      ';',
      '0',
      'a',
      '/',
      '\0',
      '\x7f',
      '\xff',
      '"',
      '=',
      '',
    ]);
    changed = changed.slice(0, at) + byte + changed.slice(at + random.integer(2));
  }
  return random.integer(4) === 0 ? changed.slice(0, random.integer(changed.length + 1)) : changed;
}

function cut(random: Random, text: string): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  if (random.integer(2) === 0) return bytes.length > 0 ? [bytes] : [];
  const pieces: Buffer[] = [];
  const longest = random.pick([1, 5, 40, 200]);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.integer(longest);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
