/**
 * Pages that are right, each of which some rule once took for wrong. They are small and in our own words;
 * what they have in common with a page of a real guide is the form.
 */
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';

interface RightPage {
  readonly name: string;
  readonly edition?: EditionName;
  readonly lines: readonly string[];
}

const RIGHT: readonly RightPage[] = [
  {
    name: 'a here-document within a list item',
    lines: [
      '1.  A policy:',
      '',
      '    {{< text bash >}}',
      '    $ kubectl apply -n default -f - <<EOF',
      '    apiVersion: security.istio.io/v1',
      '    kind: PeerAuthentication',
      '    metadata:',
      '      name: all',
      '    spec:',
      '      mtls:',
      '        mode: STRICT',
      '    EOF',
      '    {{< /text >}}',
    ],
  },
  {
    name: 'a here-document whose tabs bash strips',
    lines: [
      '```bash',
      '$ cat <<-EOF | kubectl --context=one apply -f -',
      '\tapiVersion: v1',
      '\tkind: Namespace',
      '\tmetadata:',
      '\t  name: shop',
      '\tEOF',
      '```',
    ],
  },
  {
    name: 'a file that the reader is to write himself',
    lines: [
      '```bash',
      '$ cat <<EOF > app-v1.yaml',
      'kind: Namespace',
      'EOF',
      '```',
      'Save a manifest of your own as `app-v2.yaml`.',
      '```bash',
      '$ kubectl --context=one apply -f app-v1.yaml -f app-v2.yaml',
      '```',
    ],
  },
  {
    name: 'a file that another program makes of one that the guide writes',
    lines: [
      '```bash',
      '$ cat <<EOF > app-v1.yaml',
      'kind: Namespace',
      'EOF',
      '$ cp app-v1.yaml app-v2.yaml',
      '$ kubectl --context=one apply -f app-v2.yaml',
      '```',
    ],
  },
  {
    name: 'an alias that the help of an old kubectl does not tell',
    edition: '1.8',
    lines: ['```bash', '$ kubectl create ns shop', '$ kubectl create svc clusterip web --tcp=80', '```'],
  },
  {
    name: 'a label for a namespace that is looked for first',
    lines: [
      '```bash',
      '$ export CTX=one',
      '$ kubectl --context="${CTX}" get namespace istio-system && \\',
      '  kubectl --context="${CTX}" label namespace istio-system topology.istio.io/network=n1',
      '$ istioctl install --context="${CTX}" -y',
      '```',
    ],
  },
  {
    name: 'a namespace that helm has installed into',
    lines: [
      '```bash',
      '$ helm install istiod istio/istiod -n istio-system --kube-context one',
      '$ istioctl --context=one install -y --set profile=empty',
      '$ kubectl --context=one apply -n istio-system -f my.yaml',
      '```',
    ],
  },
  {
    name: 'variables of a page that must be followed before',
    lines: [
      'Before going on, complete the steps of [the first page](/guide/first/).',
      '',
      '```bash',
      '$ kubectl --context="${CTX_ONE}" get svc',
      '```',
    ],
  },
  {
    name: 'variables of a page that the prerequisites name',
    lines: [
      '## Before you begin',
      '',
      '* Follow [the first page](/guide/first/).',
      '',
      '## Go on',
      '',
      '```bash',
      '$ curl "http://$GATEWAY_HOST/hello"',
      '```',
    ],
  },
  {
    name: 'a list of pods in which the reader is to look for READY',
    lines: [
      '```bash',
      '$ kubectl get pods',
      '```',
      '',
      'Wait until all pods report READY `2/2` and the status `Running`.',
    ],
  },
  {
    name: 'an address that the reader is shown before it is used',
    lines: [
      '```bash',
      "$ export HOST=$(kubectl get svc gw -o jsonpath='{.status.loadBalancer.ingress[0].ip}')",
      '$ echo "$HOST"',
      '172.18.0.9',
      '$ curl "http://$HOST/hello"',
      '```',
    ],
  },
  {
    name: 'a loop within a loop',
    lines: [
      '```bash',
      '$ for CONTEXT in one two; \\',
      '  do \\',
      '    for ZONE in $(kubectl --context="$CONTEXT" get nodes -o name)',
      '    do \\',
      '      echo "$ZONE"; \\',
      '    done',
      '  done',
      '```',
    ],
  },
  {
    name: 'a prompt of a command in which the reader puts words of his own',
    lines: ['```bash', '$ istioctl install <your flags> --set profile=demo', '```'],
  },
  {
    name: 'a prompt on a page that is not tested',
    lines: ['---', 'title: By hand', 'test: no', '---', '```bash', '$ istioctl install', '```'],
  },
];

for (const { name, edition = 'current', lines } of RIGHT) {
  t.test(name, t => {
    const page = readPage('page.md', `${lines.join('\n')}\n`);
    const found = lint([page], edition).filter(({ severity }) => severity !== 'note');
    t.same(
      found.map(({ place, rule, message }) => `${place.line} ${rule}: ${message}`),
      [],
    );
    t.end();
  });
}
