/** Who answered, by what curl printed: texts of curl 7.88.1 and, where marked, of curl's source. */
import t from 'tap';
import { questionArgv, readAnswer } from '../../../harness/platform/kind/isolation-answer.ts';

const token = '0123456789abcdef0123456789abcdef';
const pod = { kind: 'token', token } as const;
const api = { kind: 'api-server', caFile: '/run/cluster2.crt' } as const;
const figures = (status: string, connect = '0.000178', total = '0.004647') =>
  `\n=== mesh-harness ${status} ${connect} ${total}\n`;

t.test('what was written back counts', async t => {
  const rows = [
    [
      'a pod with its token',
      0,
      `< HTTP/1.1 200 OK\r\n< \r\n{ [33 bytes data]\n${token}\n`,
      '200',
      pod,
      'reached',
    ],
    [
      'the token of another pod',
      0,
      `< HTTP/1.1 200 OK\r\n< \r\nfedcba\n`,
      '200',
      pod,
      'HTTP/1.1 200 OK | fedcba',
    ],
    [
      'the token in an error',
      0,
      `< HTTP/1.1 404 Not Found\n${token}\n`,
      '404',
      pod,
      `HTTP/1.1 404 Not Found | ${token}`,
    ],
    [
      'a proxy that refuses',
      0,
      '< HTTP/1.1 403 Forbidden\r\n< \r\nno\n',
      '403',
      pod,
      'HTTP/1.1 403 Forbidden | no',
    ],
    ['an API server, whatever it says', 0, '< HTTP/2 401 \r\n{"kind":"Status"}\n', '401', api, 'reached'],
  ] as const;
  for (const [title, exitCode, text, status, identity, expected] of rows) {
    const { found, said, seconds } = readAnswer(exitCode, text + figures(status), identity);
    t.equal(said ?? found, expected, title);
    t.equal(found, said === undefined ? 'reached' : 'someone else', title);
    t.equal(seconds, 0.004647);
  }
});

t.test('no answer: silence is cut off, and whoever takes or refuses a connection is somebody', async t => {
  const rows = [
    ['silence', 28, 'curl: (28) Connection timed out after 1001 milliseconds', '0.000000', undefined],
    ['no route', 7, '* connect to 10.20.0.2 port 18181 failed: Invalid argument', '0.000000', undefined],
    ['a router', 7, '* connect to 10.20.0.2 port 18181 failed: No route to host', '0.000000', undefined],
    [
      'refused',
      7,
      '* connect to 10.20.0.2 port 9 failed: Connection refused',
      '0.000000',
      'Connection refused',
    ],
    // believed: the words of curl 8
    [
      'refused, as later ones say it',
      7,
      '* connect to 127.0.0.1 port 9 from 127.0.0.1 port 41234 failed: Connection refused',
      '0.000000',
      'Connection refused',
    ],
    [
      'a certificate of another authority, where curl forgets the time of the connection',
      60,
      'curl: (60) SSL certificate problem: self-signed certificate\nMore details here: https://curl.se/',
      '0.000000',
      'curl: (60) SSL certificate problem: self-signed certificate',
    ],
    [
      'someone who takes connections and says nothing, to TLS',
      28,
      '* Connected to kubernetes (172.30.1.2) port 6443 (#0)\n* Operation timed out',
      '0.000000',
      'took the connection and said nothing',
    ],
    ['the same, to HTTP', 28, '', '0.000100', 'took the connection and said nothing'],
  ] as const;
  for (const [title, exitCode, text, connect, said] of rows) {
    const answer = readAnswer(exitCode, `${text}\n${figures('000', connect)}`, api);
    t.same(
      [answer.found, answer.said],
      said === undefined ? ['cut off', undefined] : ['someone else', said],
      title,
    );
  }
});

t.test('a question that could not be asked is no answer', async t => {
  const rows = [
    ['nsenter: cannot open /var/run/netns/pod1: No such file or directory', 1],
    ['exec: "curl": executable file not found in $PATH', 127],
    [`curl: (77) error setting certificate file: /run/cluster2.crt${figures('000', '0.000100')}`, 77],
  ] as const;
  for (const [text, exitCode] of rows)
    t.throws(() => readAnswer(exitCode, text, api), {
      code: 'ERR_PLATFORM_NOT_READY',
      message: /could not ask/,
    });
});

t.test('what is said of a stray answer is short and without secrets', async t => {
  const said = (body: string) =>
    readAnswer(0, `< HTTP/1.1 200 OK\n< \n${body}${figures('200')}`, pod).said ?? '';
  t.equal(said('x'.repeat(10_000)).length, 160);
  t.notMatch(said('{"token": "abcdefghijklmnopqrstuvwxyz"}'), /abcdefghij/);
});

t.test('curl is told to go past proxies, and to trust one authority alone', async t => {
  const argv = questionArgv({ url: 'https://172.30.1.2:6443/readyz', identity: api }, 3);
  t.equal(argv[1], '-q', 'first, or it reads its configuration');
  t.equal(argv[argv.indexOf('--noproxy') + 1], '*');
  t.notOk(argv.some(word => /^-\w*k/.test(word) || word === '--insecure'));
  t.same(argv.slice(-5), [
    ...['--cacert', '/run/cluster2.crt'],
    ...['--resolve', 'kubernetes:6443:172.30.1.2', 'https://kubernetes:6443/readyz'],
  ]);
});
