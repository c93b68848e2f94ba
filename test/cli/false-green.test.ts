/** The guide's text typed as it stands: what its own verification calls a success, and what is said of it. */
import t from 'tap';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { TYPED_BY_HAND } from '../support/typed-by-hand.ts';
import { upWorld } from '../support/up.ts';

const kubectl = findKubectl();
const SCENARIO = 'primary-remote-multi-network';

t.test(
  'the guide as it stands, mended where it stops: its Congratulations are false',
  {
    skip: withoutKubectl(kubectl),
  },
  async t => {
    await using world = await upWorld(SCENARIO, ['--bare'], kubectl);
    t.match(
      world.up.stderr,
      /has 20 known mistakes for this scenario; they end the list of its steps:\n {2}mesh-harness plan primary-remote-multi-network --edition 1\.8\nWhen you have typed it, .*:\n {2}mesh-harness verify --state-dir /,
    );
    const typed = await world.bash(`cp -r "$ISTIO_FOLDER/samples" .\n${TYPED_BY_HAND}`);
    t.match(typed.stderr, /"istio-remote-secret-CLUSTER2" is invalid/);
    for (const context of ['CTX_CLUSTER1', 'CTX_CLUSTER2']) {
      const { stdout } = await world.bash(
        `kubectl exec -n sample --context="$${context}" deploy/sleep -c sleep -- curl -sS 'helloworld.sample:5000/hello?[1-9]'`,
      );
      for (const version of ['v1', 'v2'])
        t.match(stdout, `Hello version: ${version}`, `${context} sees ${version}`);
    }
    const verified = await world.cli('verify', '--wait', '1');
    t.equal(verified.code, 1, verified.stderr);
    t.match(
      verified.stderr,
      /CLUSTER1 \(cluster1\): a primary on NETWORK1, .* knows no other cluster, HelloWorld v1 and v2/,
    );
    t.match(verified.stderr, /! It was started for primary-remote-multi-network: /);
    t.match(verified.stderr, /no remote secret for CLUSTER2/);
    t.match(verified.stdout, /^multi-primary-multi-network +failed /);
    t.match(verified.stdout, /v1 and v2 into CLUSTER1 together/);

    const { code, stdout } = await world.cli('diagnose');
    t.equal(code, 1, stdout);
    t.match(
      stdout,
      / ✗ remote-secret +there is no remote secret for cluster2 in cluster1; cluster2 calls itself CLUSTER2/,
    );
    t.match(
      stdout,
      / ✗ versions +cluster1 runs v1 and v2 instead of v1; cluster2 runs v1 and v2 instead of v2/,
    );
    const box = stdout.slice(stdout.indexOf('┌'));
    t.match(box, /│ There is no remote secret for cluster2 in cluster1;/, 'the first of them is in the box');
    t.match(box, /"Enable Endpoint Discovery for cluster2", lines 572-579/);
    t.match(box, /the Secret "CLUSTER1" is invalid, and it is not made/, 'the mistake of the guide');
    t.match(
      box,
      /istioctl --context=cluster2 x create-remote-secret --name=cluster2 \|\n│ +kubectl --context=cluster1 apply -f -/,
    );

    const asJson = await world.cli('diagnose', SCENARIO, '-o', 'json');
    t.equal(asJson.code, 1);
    const { verdict, first, links } = JSON.parse(asJson.stdout) as {
      verdict: string;
      first: { link: string; step: string };
      links: { id: string; outcome: string }[];
    };
    t.match(
      { verdict, first },
      { verdict: 'failed', first: { link: 'remote-secret', step: 'remote-secret/cluster2-in-cluster1' } },
    );
    for (const id of ['remote-secret', 'versions'])
      t.equal(links.find(link => link.id === id)?.outcome, 'broken', id);
    t.equal(
      links.find(({ id }) => id === 'credentials')?.outcome,
      'not-asked',
      'nothing that was not asked is fine',
    );
  },
);
