/** Small pages with a slip each, and all that the linter says of them: place, severity and rule. */
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';

interface Slip {
  readonly name: string;
  readonly edition?: EditionName;
  /** Lines of pages that are one guide. */
  readonly pages: readonly (readonly string[])[];
  /** `page:line severity rule`, pages counted from 1. */
  readonly found: readonly string[];
  /** What the first message has in it. */
  readonly says?: string;
}

const commands = (...lines: readonly string[]): readonly string[] => ['```bash', ...lines, '```'];

const SLIPS: readonly Slip[] = [
  {
    name: 'a file is written under one name and read under another that is not like it',
    pages: [
      commands('$ cat <<EOF > gw.yaml', 'kind: Gateway', 'EOF', '$ kubectl --context=one apply -f edge.yaml'),
    ],
    found: ['1:5 error unwritten-file'],
    says: 'Nothing reads gw.yaml',
  },
  {
    name: 'a program has a name that is one slip off',
    pages: [commands('$ kubctl --context=one get pod | grpe web')],
    found: ['1:2 warning misspelt-program', '1:2 warning misspelt-program'],
    says: 'Did you mean kubectl?',
  },
  {
    name: 'a name is what the page makes it',
    pages: [commands('$ alias kubctl=kubectl', '$ kubctl get pod')],
    found: ['1:2 note beyond'],
  },
  {
    name: 'programs that no plan carries out are told once',
    pages: [commands('$ sed -i s/a/b/ x.txt', '$ sudo ls', '$ sed -i s/a/c/ x.txt', '$ echo "$(date)"')],
    found: ['1:2 note beyond', '1:3 note beyond', '1:5 note beyond'],
  },
  {
    name: 'pages are in the wrong order',
    pages: [
      [
        'Before you begin, complete the steps of [installing](../install/).',
        ...commands('$ kubectl --context="$CTX_ONE" get pod'),
      ],
      ['Set the variable `CTX_ONE`:', ...commands('$ export CTX_ONE=one')],
    ],
    found: ['1:3 error unset-variable', '2:3 note assumed-context'],
    says: '2:3 does, on a page that comes later',
  },
  {
    name: 'pages are in the right order',
    pages: [
      ['Set the variable `CTX_ONE` to your context.'],
      commands('$ kubectl --context="$CTX_ONE" get pod'),
      commands('$ export CTX_ONE=one'),
    ],
    found: ['3:2 note assumed-context'],
  },
  {
    name: 'a place for the context of the reader is no name of one',
    pages: [commands('$ export CTX=<your context>', '$ kubectl --context=$CTX get pod')],
    found: ['1:2 note not-followed'],
  },
  {
    name: 'a flag has a slip, and its value is no command',
    pages: [
      commands('$ kubectl --context=one apply -f x.json --namespce shop', '$ istioctl --contxt one version'),
    ],
    found: ['1:2 error unknown-argument', '1:3 error unknown-argument'],
    says: 'no flag --namespce. Did you mean --namespace?',
  },
  {
    name: 'a part of a sample goes into no namespace, the others do',
    pages: [
      [
        'Stand in the folder of the Istio release.',
        ...commands(
          '$ kubectl --context=one create namespace shop',
          '$ kubectl --context=one apply -f samples/helloworld/helloworld.yaml -l service=helloworld',
          '$ kubectl --context=one apply -f samples/helloworld/helloworld.yaml -l version=v1 -n shop',
        ),
      ],
    ],
    found: ['1:4 warning other-namespace'],
  },
  {
    name: 'a letter of a kind is typed twice',
    pages: [commands('$ kubectl --context=one get podds', '$ kubectl --context=one get nss')],
    found: ['1:2 error unknown-resource', '1:3 error unknown-resource'],
    says: 'Did you mean pods?',
  },
  {
    name: 'a format of output has a slip, another has a template',
    pages: [
      commands(
        '$ kubectl --context=one get pod -o jsn',
        "$ kubectl --context=one get pod -o jsonpath='{.items}'",
      ),
    ],
    found: ['1:2 error unknown-output'],
    says: 'Did you mean json?',
  },
  {
    name: 'a namespace is made anew once it was deleted',
    pages: [
      commands(
        '$ kubectl --context=one create namespace shop',
        '$ kubectl --context=one delete namespace shop',
        '$ kubectl --context=one create namespace shop',
      ),
    ],
    found: [],
  },
];

for (const { name, edition = 'current', pages, found, says = '' } of SLIPS) {
  t.test(name, t => {
    const read = pages.map((lines, index) => readPage(`${index + 1}`, `${lines.join('\n')}\n`));
    const findings = lint(read, edition);
    t.same(
      findings.map(({ place, severity, rule }) => `${place.file}:${place.line} ${severity} ${rule}`),
      found,
    );
    t.ok((findings[0]?.message ?? '').includes(says), says);
    t.end();
  });
}

t.test('nothing is mended beside a command that bash cannot read', t => {
  const mendsIn = (...lines: readonly string[]) =>
    lint([readPage('1', `${commands(...lines).join('\n')}\n`)], 'current').flatMap(({ fix }) => fix ?? []);
  t.equal(mendsIn('$ istioctl install --context=one').length, 1);
  t.equal(mendsIn('$ istioctl install --context=one', "$ echo 'open").length, 0);
  t.end();
});
