/** Which versions go together. */
import t from 'tap';
import { WINDOWS } from '../../harness/platform/version-windows.ts';
import {
  editionFor,
  editionMismatch,
  kubernetesMismatch,
  windowOf,
} from '../../harness/platform/versions.ts';
import { EDITION_NAMES } from '../plan/scenarios.ts';

t.test('the edition follows from the release', async t => {
  for (const [istio, edition] of [
    ['1.8.0', '1.8'],
    ['1.8.6', '1.8'],
    ['1.7.8', '1.8'],
    ['1.9.0', 'current'],
    ['1.10.2', 'current'],
    ['1.30.3', 'current'],
    ['1.31-alpha.5', 'current'],
  ] as const) {
    t.equal(editionFor(istio), edition, istio);
  }
  for (const { edition, istio } of WINDOWS)
    t.equal(editionFor(istio), edition, 'the releases of the windows do');
});

t.test('a release that does not have what an edition asks for is told', async t => {
  const none = 'goes with no edition: 1.8 is for 1.8, current is for 1.24 and later.';
  for (const [edition, istio, expected] of [
    ['1.8', '1.8.6', undefined],
    ['1.8', '1.30.3', 'Istio 1.30.3 goes with edition current, not with 1.8.'],
    ['1.8', '1.7.8', `Istio 1.7.8 ${none}`],
    ['current', '1.8.6', 'Istio 1.8.6 goes with edition 1.8, not with current.'],
    ['current', '1.9.0', `Istio 1.9.0 ${none}`],
    ['current', '1.23.4', `Istio 1.23.4 ${none}`],
    ['current', '1.24.0', undefined],
    ['current', '1.31-alpha.5', undefined],
    ['current', 'nonsense', '"nonsense" is no version of Istio.'],
  ] as const) {
    t.equal(editionMismatch(edition, istio), expected, `${istio} for ${edition}`);
  }
});

t.test('a Kubernetes that does not go with the release is told with its source', async t => {
  for (const [edition, istio, kubernetes, expected] of [
    ['1.8', undefined, 'v1.16.15', undefined],
    ['1.8', undefined, 'v1.21.14', undefined],
    [
      '1.8',
      undefined,
      'v1.22.0',
      /^Istio 1\.8\.0 needs Kubernetes 1\.16 to 1\.21; this is v1\.22\.0 \(istio\.io\/v1\.8\//,
    ],
    ['1.8', '1.8.6', 'v1.34.0', /^Istio 1\.8\.6 needs Kubernetes 1\.16 to 1\.21/],
    ['current', undefined, 'v1.36.1-gke.1', undefined],
    ['current', undefined, 'v1.31.9-eks-7f9249a', /^Istio 1\.30\.3 needs Kubernetes 1\.32 to 1\.36/],
    ['current', '1.24.6', 'v1.31.9', undefined],
    [
      'current',
      '1.24.6',
      'v1.32.0',
      /^Istio 1\.24\.6 needs Kubernetes 1\.28 to 1\.31.*\(istio\.io\/latest\//,
    ],
    ['current', '1.26.2', 'v1.9.0', /^Istio 1\.26\.2 needs Kubernetes 1\.29 to 1\.33/],
    ['current', '1.99.0', 'v1.20.0', undefined],
    ['current', undefined, 'nonsense', /is no version of Kubernetes/],
  ] as const) {
    const found = kubernetesMismatch(edition, kubernetes, istio);
    const name = `${istio ?? edition} on ${kubernetes}`;
    if (expected === undefined) t.equal(found, undefined, name);
    else t.match(found, expected, name);
  }
});

t.test('each edition has a window, with its sources, and a node image inside it', async t => {
  t.same(WINDOWS.map(({ edition }) => edition).sort(), [...EDITION_NAMES].sort());
  for (const { edition, nodeVersion, nodeImage, sources } of WINDOWS) {
    t.equal(kubernetesMismatch(edition, nodeVersion), undefined, nodeVersion);
    t.match(nodeImage, new RegExp(`^kindest/node:${nodeVersion}@sha256:[0-9a-f]{64}$`));
    t.ok(sources.length > 0);
  }
  t.throws(() => windowOf('1.9'), { code: 'ERR_UNKNOWN_EDITION' });
});
