import t from 'tap';
import type { Command } from '../../harness/model/command.ts';
import { differenceFrom, onlyLooks } from '../../harness/run/shown-output.ts';

const commandOf = (line: string): Command => {
  const [tool, ...args] = line.split(' ');
  return { tool: tool === 'istioctl' ? 'istioctl' : 'kubectl', args, timeoutMs: 1 };
};

const HEAD = 'NAME                            READY     STATUS    RESTARTS   AGE';
const V1 = 'helloworld-v1-86f77cd7bd-cpxhv  2/2       Running   0          40s';
const HELLO = [
  'Hello version: v2, instance: helloworld-v2-758dd55874-6x4t8',
  'Hello version: v1, instance: helloworld-v1-86f77cd7bd-cpxhv',
  '...',
];

/** What is typed, what the page shows, what was printed, and what is said of it. */
const ROWS: readonly (readonly [
  name: string,
  line: string,
  shown: readonly string[],
  printed: string,
  said?: RegExp,
])[] = [
  [
    'hashes and ages',
    'kubectl get pod',
    [HEAD, V1],
    'NAME  READY  STATUS  RESTARTS  AGE\nhelloworld-v1-8544f8b59c-52wm8  2/2  Running  0  3m12s\n',
  ],
  ['restarts', 'kubectl get pod', [V1], 'helloworld-v1-8544f8b59c-52wm8  2/2  Running  3 (12s ago)  9d\n'],
  ['no header on the page', 'kubectl get pod', [V1], `NAME READY STATUS RESTARTS AGE\n${V1}\n`],
  [
    'readiness',
    'kubectl get pod',
    [HEAD, V1],
    `${HEAD}\n${V1.replace('2/2', '1/2')}\n`,
    /shows "helloworld-v1-.* 2\/2 .*", and there is ".* 1\/2 /,
  ],
  [
    'one more',
    'kubectl get pod',
    [HEAD, V1],
    `${HEAD}\n${V1}\n${V1.replace('v1', 'v2')}\n`,
    /there is "helloworld-v2-.*", which the guide does not show/,
  ],
  [
    'one less',
    'kubectl get pod',
    [HEAD, V1, V1.replace('v1', 'v2')],
    `${HEAD}\n${V1}\n`,
    /shows "helloworld-v2-.*", and it is not there/,
  ],
  [
    'columns of another release',
    'istioctl proxy-status',
    ['NAME  CLUSTER  VERSION  REVISION', 'a.sample  cluster1  1.30.3  default'],
    'NAME         CLUSTER      VERSION\na.sample     cluster1     1.30.3\n',
  ],
  [
    'in the columns of both',
    'kubectl get pod -o wide',
    [HEAD, V1],
    `${HEAD}   IP   NODE\n${V1.replace('Running', 'Pending')}   10.0.0.1   n1\n`,
    /shows "helloworld-v1-.* Running .*", and there is ".* Pending /,
  ],
  [
    'addresses and ports',
    'kubectl get svc',
    ['a  LoadBalancer  10.96.113.207  172.18.0.200  ...  28s', 'b  ClusterIP  10.0.0.1  x  80:31/TCP  1m'],
    'a LoadBalancer 10.1.2.3 lb.example.com 80:1/TCP,443:2/TCP 3s\nb ClusterIP 10.9.9.9 x 443:5/TCP,80:1/TCP 3s\n',
  ],
  [
    'one answer of several',
    'kubectl exec pod -- curl a',
    HELLO,
    'Hello version: v1, instance: helloworld-v1-8544f8b59c-52wm8\n',
  ],
  [
    'no answer of these',
    'kubectl exec pod -- curl a',
    HELLO,
    'upstream connect error\n',
    /there is "upstream connect error", which/,
  ],
  ['no answer at all', 'kubectl exec pod -- curl a', HELLO, '', /and nothing was printed/],
  [
    'others tell more',
    'istioctl install -y',
    ['\u2714 Istiod installed'],
    'This will install\n\u2714 Istiod installed\n- Pruning\n',
  ],
  [
    'others lack it',
    'istioctl install -y',
    ['\u2714 Istiod installed'],
    'Cancelled.\n',
    /shows "\u2714 Istiod installed", and it is not there/,
  ],
  ['marks of patterns', 'kubectl get pod', ['a.b*c (d)  [e]'], 'a.b*c (d) [e]\n'],
];

t.test('what was printed is held against what the guide shows', async t => {
  for (const [name, line, shown, printed, said] of ROWS) {
    const difference = differenceFrom(shown, printed, commandOf(line));
    if (said) t.match(difference, said, name);
    else t.equal(difference, undefined, name);
  }
});

t.test('only what changes nothing is looked at again', async t => {
  t.ok(onlyLooks(commandOf('kubectl get pod')));
  t.ok(onlyLooks(commandOf('istioctl remote-clusters')));
  t.notOk(onlyLooks(commandOf('kubectl exec pod -- curl a')));
  t.notOk(onlyLooks(commandOf('istioctl install')));
});
