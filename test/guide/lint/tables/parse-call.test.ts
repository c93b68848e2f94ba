/** Arguments are read as the program of the release would read them. */
import t from 'tap';
import { parseCall } from '../../../../harness/guide/lint/tables/parse-call.ts';
import { toolFacts } from '../../../../harness/guide/lint/tables/tables.ts';
import type { EditionName } from '../../../../harness/model/east-west-gateway.ts';

function parsed(edition: EditionName, line: string) {
  const [program = '', ...args] = line.split(' ');
  const facts = toolFacts(program, edition);
  if (!facts) throw new Error(`There is no table of ${program}.`);
  return parseCall(facts, args);
}

/** Lines, and what the program of the release refuses in them: kind and word. */
const LINES: readonly (readonly [EditionName, string, readonly (readonly [string, string])[]])[] = [
  ['1.8', 'istioctl install -y -f cluster1.yaml --context=one', []],
  ['1.8', 'istioctl install -f - cluster2.yaml', [['too-many-arguments', 'cluster2.yaml']]],
  ['1.8', 'istioctl x create-remote-secret --name=one --context one', []],
  ['1.8', 'istioctl create-remote-secret --name=one', [['unknown-command', 'create-remote-secret']]],
  ['current', 'istioctl create-remote-secret --name=one', []],
  ['current', 'istioctl x create-remote-secret --name=one', [['unknown-command', 'create-remote-secret']]],
  ['current', 'istioctl --context=one install -y -f -', []],
  ['1.8', 'istioctl uninstall -y --purge', [['unknown-command', 'uninstall']]],
  ['1.8', 'istioctl x uninstall --purge', []],
  ['current', 'istioctl uninstall -y --purge --context=one', []],
  ['1.8', 'bin/istioctl install --sett profile=demo', [['unknown-flag', '--sett']]],
  ['1.8', 'istioctl install -f', [['missing-value', '-f']]],
  ['1.8', 'kubectl get pod -n sample -lapp=sleep -owide -A', []],
  ['1.8', 'kubectl --context=one -n istio-system get svc gateway -o jsonpath={.status}', []],
  ['1.8', 'kubectl get pod --contxt=one', [['unknown-flag', '--contxt']]],
  ['1.8', 'kubectl exec -it -n sample -c sleep pod -- curl -sS --nonsense host:5000/hello', []],
  ['current', 'kubectl wait --for=condition=Available deployment/curl -n sample --timeout=180s', []],
  ['1.8', 'kubectl create --context=one namespace sample', []],
  ['1.8', 'kubectl create namespce sample', [['unknown-command', 'namespce']]],
  ['1.8', 'kubectl create namespace sample --dry-run=client -o yaml', []],
  ['1.8', 'kubectl create secret generic cacerts -n istio-system --from-file=a --from-file=b', []],
  ['1.8', 'kubectl aply -f x', [['unknown-command', 'aply']]],
  ['current', 'kubectl delete ns istio-system --context=one', []],
  ['current', 'kubectl label --context=one namespace sample istio-injection=enabled', []],
  ['current', 'helm install istiod istio/istiod -n istio-system --kube-context one --set a=b --set c=d', []],
  ['1.8', 'helm delete istiod -n istio-system --kube-context=one', []],
  ['current', 'helm install istiod istio/istiod --dry-run=server --wait', []],
  ['current', 'helm install istiod istio/istiod --context=one', [['unknown-flag', '--context']]],
  ['current', 'helm instal x y', [['unknown-command', 'instal']]],
];

for (const [edition, line, expected] of LINES) {
  t.test(`${edition}: ${line}`, t => {
    const problems = parsed(edition, line).problems.map(({ kind, text }) => [kind, text]);
    t.same(problems, expected);
    t.end();
  });
}

t.test('flags and arguments come apart', t => {
  const call = parsed('1.8', 'kubectl exec -itc sleep pod --context=one -- curl -s host');
  t.equal(call.command.path, 'exec');
  t.same(
    call.flags.map(({ flag, value, index, valueIndex }) => [flag.name, value, index, valueIndex]),
    [
      ['stdin', undefined, 1, undefined],
      ['tty', undefined, 1, undefined],
      ['container', 'sleep', 1, 2],
      ['context', 'one', 4, 4],
    ],
  );
  t.same(call.positionals, [{ text: 'pod', index: 3 }]);
  t.same(
    call.rest.map(({ text }) => text),
    ['curl', '-s', 'host'],
  );
  t.end();
});

t.test('a word that is near is asked for', t => {
  t.equal(parsed('1.8', 'istioctl install --sett x').problems[0]?.hint, 'Did you mean --set?');
  t.equal(parsed('1.8', 'kubectl aply').problems[0]?.hint, 'Did you mean apply?');
  t.end();
});
