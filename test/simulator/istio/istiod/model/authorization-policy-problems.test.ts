import t from 'tap';
import { problemsOf } from '../../../../../harness/simulator/istio/istiod/model/resource-problems.ts';

const MEANINGLESS =
  'action without `rules` is meaningless as it will never be triggered, ' +
  'add an empty rule `{}` if you want it be triggered for every request';
const from = (source: object) => ({ rules: [{ from: [{ source }] }] });
const to = (operation: object) => ({ rules: [{ to: [{ operation }] }] });
const when = (key: string, values: readonly string[], notValues: readonly string[] = []) => ({
  rules: [{ when: [{ key, values, notValues }] }],
});
const POLICIES: readonly [spec: Readonly<Record<string, unknown>>, problems: readonly string[]][] = [
  [{}, []],
  [{ action: 'DENY', rules: [{}] }, []],
  [{ action: 'DENY' }, [`DENY ${MEANINGLESS}`]],
  [{ action: 'CUSTOM', provider: { name: 'a' } }, [`CUSTOM ${MEANINGLESS}`]],
  [{ action: 'CUSTOM', rules: [{}] }, ['`provider.name` must not be empty']],
  [{ provider: { name: 'a' } }, ['`provider` must not be with non CUSTOM action, found ALLOW']],
  [from({}), ['`from.source` must not be empty, found at rule 0']],
  [from({ notNamespaces: ['a'] }), []],
  [from({ principals: [''] }), ['empty value not allowed, found in Principals']],
  [
    from({ serviceAccounts: ['a/b'], namespaces: ['a'] }),
    ['cannot set serviceAccounts with namespaces or principals, found at rule 0'],
  ],
  [
    from({ ipBlocks: ['10.0.0.0/8', 'fd00::/8', '10.0.0.0/33', '10.0.0.256', 'a'] }),
    ['bad CIDR range (10.0.0.0/33)', 'bad IP address (10.0.0.256)', 'bad IP address (a)'],
  ],
  [to({}), ['`to.operation` must not be empty, found at rule 0']],
  [to({ ports: ['80', 'http', '65536'] }), ['bad port (http)', 'bad port (65536)']],
  [when('', ['a']), ['`key` must not be empty']],
  [
    when('source.namespace', []),
    ['at least one of `values` or `notValues` must be set for key source.namespace'],
  ],
  [when('request.headers[x-a]', ['a']), []],
  [
    when('request.headers', ['a']),
    [
      'invalid `value` for `key` request.headers: bad key (request.headers): should have format a[b]',
      'invalid `notValue` for `key` request.headers: bad key (request.headers): should have format a[b]',
    ],
  ],
  [
    when('foo.bar', ['a']),
    [
      'invalid `value` for `key` foo.bar: unknown attribute: foo.bar',
      'invalid `notValue` for `key` foo.bar: unknown attribute: foo.bar',
    ],
  ],
  [when('destination.port', ['80'], ['x']), ['invalid `notValue` for `key` destination.port: bad port (x)']],
  [{ selector: { matchLabels: { app: 'hello*' } } }, ['wildcard is not supported in selector: "app=hello*"']],
];
for (const [spec, problems] of POLICIES)
  t.test(`${JSON.stringify(spec)}: ${problems.length > 0 ? problems : 'taken'}`, async t =>
    t.same(problemsOf('AuthorizationPolicy', spec), problems),
  );

const mtls = { mode: 'STRICT' };
const selector = { matchLabels: { app: 'a' } };
const AUTHENTICATIONS: typeof POLICIES = [
  [{ mtls }, []],
  [{ selector, portLevelMtls: { 5000: mtls } }, []],
  [{ portLevelMtls: { 5000: mtls } }, ['mesh/namespace peer authentication cannot have port level mTLS']],
  [{ selector, portLevelMtls: {} }, ['port level mTLS, if defined, must have at least one element']],
  [{ selector, portLevelMtls: { 0: mtls, 65536: mtls } }, Array(2).fill('port must be in range 1..65535')],
];
for (const [spec, problems] of AUTHENTICATIONS)
  t.test(`PeerAuthentication ${JSON.stringify(spec)}: ${problems.length > 0 ? problems : 'taken'}`, async t =>
    t.same(problemsOf('PeerAuthentication', spec), problems),
  );
