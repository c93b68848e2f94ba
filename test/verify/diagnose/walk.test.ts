/**
 * A walk along the chain only reads, and says nothing of a mesh that is healthy; nor does a run refuse one.
 */
import t from 'tap';
import { LINKS } from '../../../harness/verify/diagnose/links/catalog.ts';
import { EDITION_NAMES, FOUR } from '../../plan/scenarios.ts';
import { withMesh } from '../../support/broken-mesh.ts';
import { isNightly, rounds } from '../../support/nightly.ts';

t.setTimeout(3_600_000);

/** A mesh for each seed, all scenarios and editions by turns. */
const MESHES = Array.from({ length: rounds(300, { daily: 2 }) }, (_, index) => ({
  scenario: FOUR[(index * 3 + 1) % FOUR.length] ?? '',
  edition: EDITION_NAMES[Math.floor(index / FOUR.length + index) % EDITION_NAMES.length] ?? '',
  seed: String(index + 1),
}));

/** What is sent to API servers while a walk goes on: method, and what is asked without its names. */
const shapeOf = ({ method, url }: { readonly method: string; readonly url: string }): string => {
  const { pathname, searchParams } = new URL(url, 'https://api');
  const [program = ''] = searchParams.getAll('command');
  return pathname.endsWith('/exec') ? `${method} exec ${program}` : method;
};

t.test('nothing is said of a healthy mesh, and nothing is written', async t => {
  for (const mesh of MESHES) {
    const sent = new Set<string>();
    let isWalking = false;
    // Istiods and kubelets go on writing; who walks is the administrator, or shows a remote secret's token.
    const onRequest = (
      _cluster: string,
      request: { readonly method: string; readonly url: string; readonly username: string },
    ) => {
      const isOurs = !/^system:(serviceaccount:istio-system:istiod|node|kube)/.test(request.username);
      if (isWalking && isOurs) sent.add(shapeOf(request));
    };
    const observer = { onRequest, onConnection: () => {}, onProcess: () => {} };
    const outcome = await withMesh({ ...mesh, observer, verified: isNightly }, async ({ walk }) => {
      isWalking = true;
      const { verdict, links, first } = await walk();
      isWalking = false;
      const about = `${mesh.scenario}, edition ${mesh.edition}, seed ${mesh.seed}`;
      t.equal(verdict, 'passed', `${about}: ${first?.finding.seen ?? 'nothing is broken'}`);
      t.same(
        links.filter(({ outcome }) => outcome === 'broken' || outcome === 'not-asked'),
        [],
        about,
      );
      t.same(
        links.map(({ id }) => id),
        LINKS.map(({ id }) => id),
      );
      t.same(
        [...sent].sort(),
        ['GET', 'GET exec curl', 'GET exec pilot-agent', 'GET exec pilot-discovery'],
        about,
      );
    });
    t.equal(outcome.verdict, 'passed', `the run: ${outcome.reason?.message ?? 'nothing is refused'}`);
    t.equal(outcome.checks.length > 0, isNightly);
  }
});
