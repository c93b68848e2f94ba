/** AuthorizationPolicies, as people write them: each is applied to both clusters, and its effect seen in calls. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isAllowed } from '../../../../harness/simulator/istio/envoy/http/rbac.ts';
import { authorizationOf } from '../../../../harness/simulator/istio/istiod/generate/authorization.ts';
import type { PushContext } from '../../../../harness/simulator/istio/istiod/mesh/push-context.ts';
import { Unsupported } from '../../../../harness/simulator/istio/istiod/model/config-fields.ts';
import { readAuthorizationPolicy } from '../../../../harness/simulator/istio/istiod/model/read-authorization-policy.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary', 'current', true);
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const policy = (spec: object, namespace = 'sample', name = 'access'): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'AuthorizationPolicy',
  metadata: { name, namespace },
  spec,
});
const allow = (...rules: object[]): KubernetesObject => policy({ rules });
const deny = (...rules: object[]): KubernetesObject => policy({ action: 'DENY', rules });
const tried = (object: KubernetesObject, word = 'true'): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'istio.io/dry-run': word } },
});
const refusesAll = policy({ action: 'DENY', rules: [{}] }, 'sample', 'more');
const from = (source: object) => ({ from: [{ source }] });
const to = (operation: object) => ({ to: [{ operation }] });
const when = (key: string, values: string[]) => ({ when: [{ key, values }] });
const HEADER = ['-H', 'x-user: jason'];
const FORWARDED = ['-H', 'X-Forwarded-For: 198.51.100.1, 203.0.113.7'];
const OK = 200;
const NO = 403;
const ACCOUNT = `cluster.local/ns/sample/sa/${mesh.mesh.context.client}`;

const ROWS: readonly [title: string, objects: KubernetesObject[], status: number, argv?: string[]][] = [
  ['a policy that allows nobody', [allow()], NO],
  ['one that is tried only', [tried(policy({}))], OK],
  ['one that is tried only, beside one that counts', [tried(policy({})), refusesAll], NO],
  ['one that refuses everybody', [deny({})], NO],
  ['one for the mesh, that allows nobody', [policy({}, 'istio-system')], NO],
  ['one of another namespace', [policy({}, 'default')], OK],
  ['one that selects other pods', [policy({ selector: { matchLabels: { app: 'other' } } })], OK],
  ['one that selects these pods', [policy({ selector: { matchLabels: { app: 'helloworld' } } })], NO],
  ['the client’s principal', [allow(from({ principals: [ACCOUNT] }))], OK],
  ['its start', [allow(from({ principals: ['cluster.local/ns/sample/*'] }))], OK],
  ['its end', [allow(from({ principals: [`*/sa/${mesh.mesh.context.client}`] }))], OK],
  ['anyone with a principal', [allow(from({ principals: ['*'] }))], OK],
  ['another principal', [allow(from({ principals: ['cluster.local/ns/sample/sa/other'] }))], NO],
  ['another trust domain', [allow(from({ principals: ['other.example/ns/sample/sa/sleep'] }))], NO],
  ['not this principal', [allow(from({ notPrincipals: [ACCOUNT] }))], NO],
  ['the namespace', [allow(from({ namespaces: ['sample'] }))], OK],
  ['a namespace by its start', [allow(from({ namespaces: ['sam*'] }))], OK],
  ['another namespace', [allow(from({ namespaces: ['samples'] }))], NO],
  ['the namespace, refused', [deny(from({ namespaces: ['sample'] }))], NO],
  ['the address', [allow(from({ ipBlocks: ['10.0.0.0/8'] }))], OK],
  ['another address', [allow(from({ ipBlocks: ['192.168.0.1'] }))], NO],
  [
    'the address behind proxies, of which nobody tells',
    [allow(from({ remoteIpBlocks: ['10.0.0.0/8'] }))],
    OK,
  ],
  [
    'the address that the last proxy tells',
    [allow(from({ remoteIpBlocks: ['203.0.113.7'] }))],
    OK,
    FORWARDED,
  ],
  ['one that an earlier proxy tells', [allow(from({ remoteIpBlocks: ['198.51.100.1'] }))], NO, FORWARDED],
  ['the address of the connection still counts', [allow(from({ ipBlocks: ['10.0.0.0/8'] }))], OK, FORWARDED],
  ['not the address behind proxies', [deny(from({ notRemoteIpBlocks: ['203.0.113.0/24'] }))], OK, FORWARDED],
  ['it, as a condition', [deny(when('remote.ip', ['203.0.113.0/24']))], NO, FORWARDED],
  ['the trust domain', [allow(from({ trustDomains: ['cluster.local'] }))], OK],
  ['a part of it', [allow(from({ trustDomains: ['*.local'] }))], OK],
  ['another trust domain than the client’s', [allow(when('source.trustDomain', ['other.example']))], NO],
  ['the name of TLS, which is the mesh’s', [allow(when('connection.sni', ['outbound_.5000_._.*']))], OK],
  ['another name of TLS', [allow(when('connection.sni', ['*.example.com']))], NO],
  ['any name of TLS, refused', [deny(when('connection.sni', ['*']))], NO],
  ['the server’s address', [allow(when('destination.ip', ['10.0.0.0/8']))], OK],
  ['the path', [allow(to({ paths: ['/hello'] }))], OK],
  [
    'the path’s start, with a parameter',
    [allow(to({ paths: ['/he*'] }))],
    OK,
    ['http://helloworld.sample:5000/hello?a=1'],
  ],
  ['another path', [allow(to({ paths: ['/other'] }))], NO],
  ['a path by a template', [allow(to({ paths: ['/{*}'] }))], OK],
  ['a path by a template of two parts', [allow(to({ paths: ['/{*}/{*}'] }))], NO],
  ['a template, refused', [deny(to({ paths: ['/{**}'] }))], NO],
  ['all but a template, refused', [deny(to({ notPaths: ['/hello/{*}', '/{*}'] }))], OK],
  [
    'one of two sources, of which one is not executed',
    [allow({ from: [{ source: { requestPrincipals: ['*'] } }, { source: { namespaces: ['sample'] } }] })],
    OK,
  ],
  [
    'a start of principals of an alias, which is not one of the mesh',
    [allow(from({ principals: ['old.example/ns/sample/*'] }))],
    NO,
  ],
  ['the path, refused', [deny(to({ paths: ['/hello'] }))], NO],
  ['all other paths, refused', [deny(to({ notPaths: ['/hello'] }))], OK],
  ['the method', [allow(to({ methods: ['GET'] }))], OK],
  ['another method', [allow(to({ methods: ['POST'] }))], NO],
  ['the host, in capitals', [allow(to({ hosts: ['HelloWorld.Sample:5000'] }))], OK],
  ['the port', [allow(to({ ports: ['5000'] }))], OK],
  ['another port', [allow(to({ ports: ['80'] }))], NO],
  ['path and method, of which one is another', [allow(to({ paths: ['/hello'], methods: ['POST'] }))], NO],
  [
    'one of two operations',
    [allow({ to: [{ operation: { paths: ['/x'] } }, { operation: { methods: ['GET'] } }] })],
    OK,
  ],
  ['one of two rules', [allow(to({ paths: ['/x'] }), to({ methods: ['GET'] }))], OK],
  ['a header', [allow(when('request.headers[X-User]', ['jason']))], OK, HEADER],
  ['a header that is missing', [allow(when('request.headers[X-User]', ['jason']))], NO],
  ['a namespace as a condition', [allow(when('source.namespace', ['sample']))], OK],
  ['one that is said not to be tried', [tried(policy({}), 'false')], NO],
  ['what is allowed and refused', [allow({}), refusesAll], NO],
  ['tokens, which nobody here has, to allow', [allow(from({ requestPrincipals: ['*'] }))], NO],
  [
    'tokens, to refuse: it refuses more',
    [deny({ ...from({ requestPrincipals: ['*'] }), ...to({ paths: ['/hello'] }) })],
    NO,
  ],
  ['an action that is not simulated', [policy({ action: 'AUDIT', rules: [{}] })], OK],
];
for (const [title, objects, status, argv = []] of ROWS)
  t.test(`${title}: ${status}`, async t => {
    const calls = await mesh.with(objects, async () => await mesh.calls(4, ...argv));
    t.same([...new Set(calls.map(call => call.status))], [status]);
    if (status === NO) t.equal(calls[0]?.body, 'RBAC: access denied');
  });

t.test('for connections, of which only client and port are known', async t => {
  const decide = (object: KubernetesObject): boolean => {
    const policy = readAuthorizationPolicy(object, new Unsupported());
    const context = {
      behaviour: { policies: { takesPathTemplates: true, ignoresCaseOfHosts: true } },
      config: { authorizationPolicies: policy ? [policy] : [] },
      systemNamespace: 'istio-system',
      state: { mesh: { trustDomain: 'cluster.local', trustDomainAliases: [] } },
    };
    // Of a push nothing else is looked at.
    const { tcp } = authorizationOf(context as unknown as PushContext, { namespace: 'sample', labels: {} });
    return isAllowed(tcp, {
      connection: {
        worker: { index: 0 },
        destination: { address: '10.10.0.9', port: 9000 },
        remoteAddress: '10.10.0.5',
        peer: { uri: 'spiffe://cluster.local/ns/sample/sa/a', hash: '', subject: '', localUri: '' },
      },
    });
  };
  t.ok(decide(allow(from({ namespaces: ['sample'] }))));
  t.notOk(decide(allow(from({ namespaces: ['other'] }))));
  t.ok(decide(allow(to({ ports: ['9000'] }))));
  t.notOk(decide(allow()));
  t.notOk(decide(allow(to({ paths: ['/hello'] }))), 'a rule about requests allows no connection');
  t.notOk(decide(deny(to({ paths: ['/hello'] }))), 'and refuses any');
  t.ok(decide(deny(to({ paths: ['/hello'], ports: ['1'] }))));
  t.ok(decide(allow(when('destination.ip', ['10.10.0.0/16']))));
  t.ok(decide(allow(from({ remoteIpBlocks: ['10.10.0.5'] }))), 'the client is who calls');
  t.notOk(decide(allow(when('connection.sni', ['*']))), 'without TLS there is no name');
});

t.test('a principal of another trust domain: that of an alias is one of the mesh', async t => {
  const account = `old.example/ns/sample/sa/${mesh.mesh.context.client}`;
  const statusOf = async (): Promise<number> =>
    await mesh.with([allow(from({ principals: [account] }))], async () => (await mesh.call()).status);
  t.equal(await statusOf(), NO);
  const takeBack = await mesh.changeMesh('trustDomainAliases: [old.example]');
  t.equal(await statusOf(), OK);
  await takeBack();
  t.equal(await statusOf(), NO);
});

t.test('what is not simulated is told', async t => {
  const log = await mesh.istiodLog();
  t.match(
    log,
    /AuthorizationPolicy sample\/access: spec\.rules\[0\]\.from\[0\]\.source\.requestPrincipals is not/,
  );
  t.match(log, /AuthorizationPolicy sample\/access: spec\.action: AUDIT is not simulated/);
});
