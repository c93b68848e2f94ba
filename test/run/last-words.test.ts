import t from 'tap';
import { lastWords } from '../../harness/run/last-words.ts';

/** The shape of istioctl's drawing (pkg/art/istio-ascii.txt @1.30.3), in the colour that it has on terminals. */
const SHIP = [
  '\u001B[94;1m        |\\          ',
  '        | \\         ',
  '      /||    \\      ',
  '     / ||     \\     ',
  '/______||__________\\',
  '____________________',
  '  \\__       _____/  ',
  '     \\_____/        ',
  '\u001B[0m',
].join('\n');

/** Of operator/pkg/util/progress/progress.go @1.30.3: without a terminal a line for each message. */
const PROGRESS = [
  '- Processing resources for Istio core.',
  '\u001B[32m✔\u001B[0m Istio core installed ⛵️',
  '- Processing resources for Ingress gateways. Waiting for Deployment/istio-system/istio-eastwestgateway',
  '✔ Istiod installed 🧠',
];
const NOT_READY = [
  'failed to wait for resource: resources not ready after 5m0s: context deadline exceeded',
  '  Deployment/istio-system/istio-eastwestgateway (container failed to start: ImagePullBackOff: Back-off pulling image "x")',
];
const failed = (stderr: readonly string[], stdout = '') => ({
  stdout,
  stderr: stderr.join('\n'),
  exitCode: 1,
});

t.test('a failed installation begins with its cause, and not with the drawing', async t => {
  const words = lastWords(
    failed([
      SHIP,
      ...PROGRESS,
      `\u001B[31m✘\u001B[0m Ingress gateways encountered an error: ${NOT_READY[0]}`,
      NOT_READY[1] ?? '',
      `Error: failed to install manifests: ${NOT_READY[0]}`,
      NOT_READY[1] ?? '',
    ]),
  );
  t.match(
    words,
    /^✘ Ingress gateways encountered an error: failed to wait for resource: resources not ready/,
  );
  t.match(words, /ImagePullBackOff/);
  t.match(words, /Error: failed to install manifests/);
  t.notMatch(words, /\|\\|____|Processing|√/);
  t.notOk(words.includes('\u001B'), 'without colours');
});

t.test('a refused document is the first line too', async t => {
  const error = 'Error: generate config: unknown field "pilott" in v1alpha1.IstioOperatorSpec';
  t.equal(
    lastWords(failed([SHIP, 'WARNING: Istio 1.24 may be out of support', error])),
    `${error} · WARNING: Istio 1.24 may be out of support`,
  );
  const kubectl = 'Error from server (NotFound): namespaces "sample" not found';
  t.equal(
    lastWords(failed(['Warning: v1 Endpoints is deprecated', kubectl])),
    `${kubectl} · Warning: v1 Endpoints is deprecated`,
  );
});

t.test('what has no such line stays as it was', async t => {
  t.equal(
    lastWords(failed(['curl: (6) no such host', 'curl: (6) no such host'])),
    '2 × curl: (6) no such host',
  );
  t.equal(lastWords(failed([], 'on standard output')), 'on standard output');
  t.equal(lastWords(failed([SHIP])).includes('____'), true, 'a drawing alone is all that it said');
  t.equal(lastWords({ stdout: '', stderr: '', exitCode: 0 }), 'an empty answer');
  t.equal(lastWords(failed([])), 'nothing');
});
