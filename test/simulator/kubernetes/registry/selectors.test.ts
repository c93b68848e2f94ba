import t from 'tap';
import { createRandom } from '../../../../harness/base/random.ts';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { keyOf } from '../../../../harness/simulator/kubernetes/registry/resources.ts';
import {
  matchesFields,
  parseFieldSelector,
} from '../../../../harness/simulator/kubernetes/registry/selectors/field-selector.ts';
import {
  formatLabelSelector,
  matchesLabels,
} from '../../../../harness/simulator/kubernetes/registry/selectors/label-selector.ts';
import { parseLabelSelector } from '../../../../harness/simulator/kubernetes/registry/selectors/parse-label-selector.ts';
import { ApiError } from '../../../../harness/simulator/kubernetes/registry/status.ts';

const typeOf = (key: string) => {
  const type = BUILT_IN_RESOURCES.find(candidate => keyOf(candidate) === key);
  if (!type) throw new Error(key);
  return type;
};

t.test('label selectors match', async t => {
  const labels = { app: 'helloworld', version: 'v1', n: '5', empty: '' };
  const rows: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['app=helloworld', true],
    ['app==helloworld,version=v1', true],
    ['app=helloworld,version=v2', false],
    ['version!=v2', true],
    ['absent!=v2', true],
    ['version in (v1, v2)', true],
    ['version in (v2)', false],
    ['version notin (v2)', true],
    ['absent notin (v2)', true],
    ['app', true],
    ['absent', false],
    ['!absent', true],
    ['!app', false],
    ['n>4', true],
    ['n<5', false],
    ['empty=', true],
    ['empty in ()', true],
    ['app in (helloworld),!absent, version', true],
  ];
  for (const [selector, expected] of rows) {
    t.equal(matchesLabels(parseLabelSelector(selector), labels), expected, selector);
  }
});

t.test('field selectors match', async t => {
  const pod = {
    metadata: { name: 'p', namespace: 'n' },
    spec: { nodeName: 'x' },
    status: { phase: 'Running' },
  };
  const rows: readonly (readonly [string, boolean])[] = [
    ['metadata.name=p', true],
    ['metadata.name=p,status.phase!=Failed', true],
    ['status.phase==Pending', false],
    ['spec.nodeName=', false],
    ['spec.hostNetwork=false', true],
  ];
  for (const [selector, expected] of rows) {
    t.equal(matchesFields(parseFieldSelector(selector, typeOf('pods')), pod), expected, selector);
  }
});

t.test('each kind has the fields of the real one, and refuses others in its words', async t => {
  const only = 'is not a known field selector: only "metadata.name", "metadata.namespace"';
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['pods', 'spec.host=x,status.podIPs=', undefined],
    ['pods', 'foo=1', 'field label not supported: foo'],
    ['nodes', 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
    ['namespaces', 'name=x', 'field label not supported: name'],
    ['replicasets.apps', 'status.replicas=1', `"status.replicas" ${only}`],
    ['jobs.batch', 'foo=1', 'field label "foo" not supported for Job'],
    ['events', 'involvedObject.name=x,source=y', undefined],
    ['events', 'regarding.name=x', 'field label not supported: regarding.name'],
    ['events.events.k8s.io', 'regarding.uid=x,reason=y,reportingController=z,type=Normal', undefined],
    ['events.events.k8s.io', 'source=x', 'field label not supported: source'],
    ['configmaps', 'foo', "invalid selector: 'foo'; can't understand 'foo'"],
    ['configmaps', 'metadata.name=a\\b', 'invalid field selector: invalid escape sequence: \\b'],
    ['configmaps', 'metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
    ['configmaps', 'metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
    ['configmaps', 'metadata.name=a\\=b\\,c', undefined],
    ['configmaps', 'z=1,foo=1', `"foo" ${only}`],
  ];
  for (const [kind, selector, refusal] of rows) {
    const parse = () => parseFieldSelector(selector, typeOf(kind));
    if (refusal === undefined) t.doesNotThrow(parse, `${kind} ${selector}`);
    else t.throws(parse, { message: refusal }, `${kind} ${selector}`);
  }
});

t.test('events of both groups are found by their fields', async t => {
  const event = {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p' },
    reportingComponent: 'kubelet',
    reason: 'Started',
  };
  const finds = (kind: string, selector: string) =>
    matchesFields(parseFieldSelector(selector, typeOf(kind)), event);
  t.ok(finds('events', 'involvedObject.name=p,source=kubelet'));
  t.ok(finds('events.events.k8s.io', 'regarding.kind=Pod,reportingController=kubelet'));
  t.notOk(finds('events.events.k8s.io', 'regarding.kind!=Pod'));
});

t.test('any text is a selector or refused with 400, and a selector reads back as it was written', async t => {
  const random = createRandom('selectors');
  const pieces = [
    'a',
    'b.c/d',
    'in',
    'notin',
    '(',
    ')',
    ',',
    '=',
    '==',
    '!=',
    '!',
    ' ',
    '<',
    '>',
    '1',
    '$',
    '-x',
    '\u00e9',
  ];
  let read = 0;
  for (let index = 0; index < 5000; index++) {
    const text = Array.from({ length: random.integer(8) }, () => random.pick(pieces)).join('');
    try {
      const selector = parseLabelSelector(text);
      const again = parseLabelSelector(formatLabelSelector(selector));
      t.same(again, selector, `${JSON.stringify(text)} reads back`, { skip: false });
      read++;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 400) {
        t.fail(`${JSON.stringify(text)}: ${String(error)}`);
        return;
      }
    }
  }
  t.ok(read > 100, 'some of them were selectors');
});

t.test('what is wrong with a selector is said in the words of the server', async t => {
  const refusal = (text: string) => {
    try {
      parseLabelSelector(text);
      return 'none';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  t.equal(refusal('=1'), "found '=', expected: !, identifier, or 'end of string'");
  t.equal(refusal('n=a b'), "found 'b', expected: ',' or 'end of string'");
  t.equal(refusal('n,,m'), "found ',', expected: identifier after ','");
  t.equal(refusal('n in 1'), "unable to parse requirement: found '1' expected: '('");
  t.match(refusal('a/b/c=1'), 'a qualified name must consist of alphanumeric characters');
});
