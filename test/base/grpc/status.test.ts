import t from 'tap';
import { httpFailure, isGrpcContentType, resetFailure } from '../../../harness/base/grpc/http-status.ts';
import {
  GrpcError,
  type HeaderValues,
  readStatus,
  statusHeaders,
} from '../../../harness/base/grpc/status.ts';
import { createRandom } from '../../../harness/base/random.ts';

t.test('an error reads as in grpc-go', async t => {
  const error = new GrpcError('Unavailable', 'error reading from server: EOF');
  t.equal(error.message, 'rpc error: code = Unavailable desc = error reading from server: EOF');
});

t.test('a status travels in headers', async t => {
  t.same(statusHeaders(undefined), { 'grpc-status': '0' });
  t.equal(readStatus({ 'grpc-status': '0' }), undefined);
  for (let number = 1; number <= 16; number++) {
    const error = readStatus({ 'grpc-status': `${number}`, 'grpc-message': 'why: 5 %25 %C3%BC%0A' });
    t.equal(error?.description, 'why: 5 % ü\n');
    t.equal(error && statusHeaders(error)['grpc-status'], `${number}`);
  }
  const named: Readonly<Record<number, string>> = {
    1: 'Canceled',
    4: 'DeadlineExceeded',
    12: 'Unimplemented',
  };
  for (const [number, code] of Object.entries({ ...named, 14: 'Unavailable', 16: 'Unauthenticated' }))
    t.equal(readStatus({ 'grpc-status': number })?.code, code);
  const readAs = (headers: HeaderValues) => readStatus(headers)?.message;
  t.equal(readAs({ 'grpc-status': '99', 'grpc-message': 'new' }), 'rpc error: code = Unknown desc = new');
  t.equal(readAs({}), 'rpc error: code = Unknown desc = ');
  t.match(readAs({ 'grpc-status': 'x' }), /code = Internal desc = transport: malformed grpc-status: .*"x"/);
});

const encodeGrpcMessage = (message: string) =>
  statusHeaders(new GrpcError('Unknown', message))['grpc-message'] ?? '';
const decodeGrpcMessage = (text: string) =>
  readStatus({ 'grpc-status': '2', 'grpc-message': text })?.description;

t.test('messages are percent-encoded', async t => {
  t.equal(encodeGrpcMessage('plain ~ text'), 'plain ~ text');
  t.equal(encodeGrpcMessage('100 %\n'), '100 %25%0A');
  t.equal(encodeGrpcMessage('ü'), '%C3%BC');
  t.equal(encodeGrpcMessage(' both '), '%20both%20', 'HTTP/2 has no spaces at the ends of a value');
  t.equal(decodeGrpcMessage('%C3%BC %zz %4'), 'ü %zz %4', 'what is no encoding stays');
  const random = createRandom('percent');
  for (let run = 0; run < 500; run++) {
    const text = random.text(random.integer(20), ' %aZ9~\n\t\u007fäß€😀');
    const sound = Buffer.from(text).toString();
    t.equal(decodeGrpcMessage(encodeGrpcMessage(text)), sound);
    t.match(encodeGrpcMessage(text), /^([!-~]([ -~]*[!-~])?)?$/);
  }
});

t.test('answers of HTTP have a code', async t => {
  const failure = (status: number, type?: string) =>
    httpFailure({ ':status': String(status), 'content-type': type })?.message;
  t.equal(failure(200, 'application/grpc+proto'), undefined);
  t.equal(
    failure(200, 'text/html'),
    'rpc error: code = Unknown desc = transport: received unexpected content-type "text/html"',
  );
  t.equal(
    failure(404, 'text/plain'),
    'rpc error: code = Unimplemented desc = unexpected HTTP status code received from server: 404 (Not Found); ' +
      'transport: received unexpected content-type "text/plain"',
  );
  t.equal(
    failure(503),
    'rpc error: code = Unavailable desc = unexpected HTTP status code received from server: 503 ' +
      '(Service Unavailable); malformed header: missing HTTP content-type',
  );
  const codes = [400, 401, 403, 404, 429, 502, 503, 504, 500, 418].map(
    status => httpFailure({ ':status': String(status) })?.code,
  );
  t.same(codes, [
    'Internal',
    'Unauthenticated',
    'PermissionDenied',
    'Unimplemented',
    'Unavailable',
    'Unavailable',
    'Unavailable',
    'Unavailable',
    'Unknown',
    'Unknown',
  ]);
});

t.test('content types of gRPC', async t => {
  for (const type of [
    'application/grpc',
    'application/grpc+proto',
    'application/grpc;x=y',
    'Application/gRPC',
  ])
    t.ok(isGrpcContentType(type), type);
  for (const type of [undefined, '', 'application/grpc-web', 'application/json', 'text/application/grpc'])
    t.notOk(isGrpcContentType(type), String(type));
});

t.test('resets have a code', async t => {
  const codes = Array.from({ length: 14 }, (_, code) => resetFailure(code).code);
  t.equal(codes.filter(code => code === 'Internal').length, 9);
  t.equal(
    resetFailure(7).message,
    'rpc error: code = Unavailable desc = stream terminated by RST_STREAM with error code: REFUSED_STREAM',
  );
  t.equal(resetFailure(8).code, 'Canceled');
  t.equal(resetFailure(11).code, 'ResourceExhausted');
  t.equal(resetFailure(12).code, 'PermissionDenied');
  t.match(resetFailure(99), { code: 'Unknown', description: /unknown error code 0x63/ });
});
