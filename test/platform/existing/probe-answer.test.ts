/** Whose answer a probe on existing clusters got, as curl prints it. */
import t from 'tap';
import { probeArgv, readProbeAnswer } from '../../../harness/platform/existing/probe-answer.ts';

const server = { kind: 'server', token: '0123456789abcdef' } as const;
const api = { kind: 'api-server' } as const;
const hello = (version: string) => `Hello version: ${version}, instance: server\n`;
const REFUSAL = '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}\n';

t.test('the own answer counts, and nobody else with an answer', async t => {
  const rows = [
    ['the server', hello(server.token), '200', 0, server, 'reached'],
    ['the server of another cluster', hello('fedc'), '200', 0, server, 'someone else'],
    ["a proxy's refusal", '<html>Forbidden</html>', '403', 0, server, 'someone else'],
    ['an API server', '{"major":"1","gitVersion":"v1.34.0"}', '200', 0, api, 'reached'],
    ['one that refuses strangers', REFUSAL, '403', 0, api, 'reached'],
    ["a proxy's refusal of CONNECT", '', '000', 56, api, 'someone else'],
    ['a page in its place', '<html>', '200', 0, api, 'someone else'],
    ['no answer', '', '000', 28, api, 'not reached'],
    ['a refused connection', '', '000', 7, server, 'not reached'],
  ] as const;
  for (const [title, body, status, exitCode, identity, found] of rows) {
    const stdout = `${body}\n=== mesh-harness ${status}\n`;
    const stderr = exitCode === 0 ? '' : `curl: (${exitCode}) words of it\n`;
    t.equal(readProbeAnswer({ exitCode, stdout, stderr }, identity).found, found, title);
  }
  t.equal(
    readProbeAnswer({ exitCode: 126, stdout: '', stderr: 'no such program' }, server).seen,
    'curl ended with exit code 126',
  );
  const refused = { exitCode: 0, stdout: '<html>No</html>\n\n=== mesh-harness 403\n', stderr: '' };
  t.equal(readProbeAnswer(refused, server).seen, 'someone else answered: HTTP 403, <html>No</html>');
});

t.test('curl goes past the proxies of the pod', async t => {
  const argv = probeArgv('http://10.0.0.1:5000/hello', 3);
  t.equal(argv[argv.indexOf('--noproxy') + 1], '*');
});
