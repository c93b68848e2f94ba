/** What a user is told of kind's words while it makes a cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../harness/base/package-root.ts';
import { causesIn } from '../../../harness/base/telling-lines.ts';
import { kindWords, saysThatItAnswers, withoutNoise } from '../../../harness/platform/kind/kind-words.ts';
import { kubeadmGaveUp, NO_CAPABILITY, PHASES } from '../../support/creation-texts.ts';

function toldOf(text: string): readonly string[] {
  const told: string[] = [];
  const onLine = kindWords(words => told.push(words));
  for (const line of text.split('\n')) if (line.trim() !== '') onLine(line);
  return told;
}

/** As kind 0.33.0 ends; it draws one of four salutations. */
const END = (salutation: string) => ` ✓ Starting control-plane 🕹️
 • Installing CNI 🔌  ...
 ✓ Installing CNI 🔌
 • Installing StorageClass 💾  ...
 ✓ Installing StorageClass 💾
Set kubectl context to "kind-mh-a1b2-cluster1"
You can now use your cluster with:

kubectl cluster-info --context kind-mh-a1b2-cluster1 --kubeconfig /tmp/a/kubeconfig

${salutation}
`;

const BEGUN = [
  'Creating cluster "mh-a1b2-cluster1"',
  'Ensuring node image (kindest/node:v1.37.2)',
  'Preparing nodes',
  'Writing configuration',
  'Starting control-plane',
];

t.test('phases are told as they begin, and nothing that every run knows', async t => {
  for (const salutation of [
    'Have a nice day! 👋',
    'Thanks for using kind! 😊',
    'Not sure what to do next? 😅  Check out https://kind.sigs.k8s.io/docs/user/quick-start/',
    'Have a question, bug, or feature request? Let us know! https://kind.sigs.k8s.io/#community 🙂',
  ]) {
    t.same(toldOf(PHASES + END(salutation)), [...BEGUN, 'Installing CNI', 'Installing StorageClass']);
  }
});

t.test('a failure is one line, and what another program said is none', async t => {
  t.same(toldOf(PHASES + kubeadmGaveUp()), [
    ...BEGUN,
    '✗ Starting control-plane',
    'ERROR: failed to create cluster: failed to init node with kubeadm',
  ]);
  t.same(toldOf(NO_CAPABILITY).slice(-2), ['✗ Preparing nodes', 'ERROR: failed to create cluster']);
});

t.test('a warning that is new to us is told', async t => {
  const warning = 'cluster name "a" is probably too long, this might not work properly on some systems';
  t.same(toldOf(warning), [warning]);
});

t.test('the API server answers when kubeadm has started the control plane', async t => {
  const lines = (PHASES + END('')).split('\n');
  t.same(lines.filter(saysThatItAnswers), [' ✓ Starting control-plane 🕹️']);
  t.same((PHASES + kubeadmGaveUp()).split('\n').filter(saysThatItAnswers), []);
});

/** What kind 0.33.0 itself has answered, by the question. */
const KEPT = (
  JSON.parse(readFileSync(join(packageRoot(), 'fixtures', 'kind', 'answers-0.33.json'), 'utf8')) as {
    readonly answers: Readonly<Record<string, { readonly stderr: readonly string[] }>>;
  }
).answers;

t.test('what kind itself has said: one line that counts, and no more than that is told', async t => {
  const toldOfKept = (about: string) => toldOf((KEPT[about]?.stderr ?? []).join('\n'));
  t.match(toldOfKept('a creation').slice(0, 2), [/^Creating cluster/, /^Ensuring node image/]);
  t.notMatch(
    toldOfKept('a creation').join('\n'),
    /KIND_|cgroup|dragons|kubectl|✓|\p{Extended_Pictographic}/u,
  );
  for (const [about, cause] of [
    ['an archive that is none', /^ctr: unrecognized image format$/],
    ['an archive that is not there', /^ERROR: stat FOLDER\/nowhere\.tar/],
    ['an image that is nowhere', /^Error response from daemon: /],
    ['a creation whose node ends', /^ERROR: failed to create cluster: could not find a log line/],
    ['a creation of what there is', /^ERROR: failed to create cluster: node\(s\) already exist/],
    ['a configuration with a field that is unknown', /unmarshal errors:$/],
    ['a creation behind a proxy', undefined],
  ] as const) {
    const said = withoutNoise((KEPT[about]?.stderr ?? []).join('\n'));
    t.notMatch(said, /KIND_EXPERIMENTAL_PROVIDER|cgroup v1 is/, about);
    if (cause) t.match(causesIn(said)[0], cause, about);
    const told = toldOfKept(about);
    t.equal(
      told.filter(words => words.startsWith('ERROR: ')).length,
      cause ? 1 : 0,
      `${about}: ${told.at(-1)}`,
    );
    if (cause) t.ok((told.at(-1)?.length ?? 0) < 200, 'a command is not repeated');
  }
});
