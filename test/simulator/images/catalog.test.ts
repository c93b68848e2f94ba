import t from 'tap';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { parseReference } from '../../../harness/simulator/images/references.ts';

const catalog = createImageCatalog();

const KNOWN: readonly (readonly [string, string])[] = [
  ['docker.io/istio/examples-helloworld-v1', 'istio/examples-helloworld-v1'],
  ['istio/examples-helloworld-v2:latest', 'istio/examples-helloworld-v2'],
  ['registry.istio.io/release/examples-helloworld-v1:1.0', 'release/examples-helloworld-v1'],
  ['governmentpaas/curl-ssl', 'governmentpaas/curl-ssl'],
  ['docker.io/curlimages/curl:8.16.0', 'curlimages/curl'],
  ['localhost:5000/mirror/curlimages/curl', 'curlimages/curl'],
  ['registry.k8s.io/pause:3.10', 'pause'],
];
for (const [reference, name] of KNOWN) {
  t.test(`${reference} is ${name}`, t => {
    t.equal(catalog(reference)?.name, name);
    t.end();
  });
}

for (const reference of [
  'auto',
  'nginx',
  'docker.io/istio/examples-helloworld-v3',
  'acurlimages/curl',
  'Not An Image',
  '',
]) {
  t.test(`"${reference}" cannot be pulled`, t => {
    t.equal(catalog(reference), undefined);
    t.end();
  });
}

t.test('references are taken apart as the container runtime does', t => {
  t.same(parseReference('busybox'), { path: 'library/busybox', tag: 'latest' });
  t.same(parseReference('localhost:5000/a/b:1.0'), { path: 'a/b', tag: '1.0' });
  t.same(parseReference(`gcr.io/a/b:1@sha256:${'0'.repeat(64)}`), { path: 'a/b', tag: '1' });
  t.equal(parseReference('a/b:'), undefined);
  t.end();
});
