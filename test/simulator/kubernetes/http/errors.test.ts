import t from 'tap';
import type { KubernetesClient } from '../../../../harness/base/kubernetes-client.ts';
import { apiWorld, configMap, configMaps, deployments, pods, refusalOf, services } from '../api-world.ts';

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
const template = (labels: Record<string, string>) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'x' }] },
});

interface Row {
  readonly name: string;
  readonly call: (client: KubernetesClient) => Promise<unknown>;
  readonly expected: string;
}

const rows: readonly Row[] = [
  {
    name: 'an object that is not there',
    call: client => client.get({ ...configMaps, name: 'x' }),
    expected: '404 NotFound: configmaps "x" not found',
  },
  {
    name: 'an object of a named group that is not there',
    call: client => client.get({ ...deployments, name: 'x' }),
    expected: '404 NotFound: deployments.apps "x" not found',
  },
  {
    name: 'a name that is taken',
    call: async client => {
      await client.create(configMaps, configMap('taken'));
      await client.create(configMaps, configMap('taken'));
    },
    expected: '409 AlreadyExists: configmaps "taken" already exists',
  },
  {
    name: 'a stale version',
    call: async client => {
      const created = await client.create(configMaps, configMap('stale'));
      await client.patch({ ...configMaps, name: 'stale' }, 'merge', { data: { k: 'w' } });
      await client.replace({ ...configMaps, name: 'stale' }, created);
    },
    expected:
      '409 Conflict: Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'a name in upper case',
    call: client =>
      client.create(
        { ...configMaps, plural: 'secrets' },
        { metadata: { name: 'istio-remote-secret-CLUSTER1' } },
      ),
    expected: `422 Invalid: Secret "istio-remote-secret-CLUSTER1" is invalid: metadata.name: Invalid value: "istio-remote-secret-CLUSTER1": ${SUBDOMAIN}`,
  },
  {
    name: 'no name',
    call: client => client.create(configMaps, { metadata: {} }),
    expected:
      '422 Invalid: ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    name: 'a Service with a name that is no 1035 label',
    call: client => client.create(services, { metadata: { name: '1a' }, spec: { ports: [{ port: 1 }] } }),
    expected: `422 Invalid: Service "1a" is invalid: metadata.name: Invalid value: "1a": ${LABEL_1035}`,
  },
  {
    name: 'a Service with two ports without names and no protocol that exists',
    call: client =>
      client.create(services, {
        metadata: { name: 'a' },
        spec: { ports: [{ port: 1 }, { port: 2, protocol: 'X' }] },
      }),
    expected:
      '422 Invalid: Service "a" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value, spec.ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"]',
  },
  {
    name: 'a Service without ports',
    call: client => client.create(services, { metadata: { name: 'a' }, spec: {} }),
    expected: '422 Invalid: Service "a" is invalid: spec.ports: Required value',
  },
  {
    name: 'a cluster IP that is changed',
    call: async client => {
      await client.create(services, { metadata: { name: 'fixed' }, spec: { ports: [{ port: 1 }] } });
      await client.patch({ ...services, name: 'fixed' }, 'merge', { spec: { clusterIP: '10.110.9.9' } });
    },
    expected:
      '422 Invalid: Service "fixed" is invalid: spec.clusterIPs[0]: Invalid value: ["10.110.9.9"]: may not change once set',
  },
  {
    name: 'a selector that does not match its template',
    call: client =>
      client.create(deployments, {
        metadata: { name: 'd' },
        spec: { selector: { matchLabels: { a: 'b' } }, template: template({ a: 'c' }) },
      }),
    expected:
      '422 Invalid: Deployment.apps "d" is invalid: spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
  },
  {
    name: 'a pod without containers',
    call: client => client.create(pods, { metadata: { name: 'p' }, spec: {} }),
    expected: '422 Invalid: Pod "p" is invalid: spec.containers: Required value',
  },
  {
    name: 'a pod whose service account is not there',
    call: client =>
      client.create(pods, {
        metadata: { name: 'p' },
        spec: { serviceAccountName: 'nobody', containers: [{ name: 'c', image: 'x' }] },
      }),
    expected:
      '403 Forbidden: pods "p" is forbidden: error looking up service account sample/nobody: serviceaccount "nobody" not found',
  },
  {
    name: 'a label value with a blank',
    call: client => client.create(configMaps, { metadata: { name: 'a', labels: { a: 'b c' } } }),
    expected:
      "422 Invalid: ConfigMap \"a\" is invalid: metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  },
  {
    name: 'a key with a slash',
    call: client => client.create(configMaps, { metadata: { name: 'a' }, data: { 'a/b': '' } }),
    expected:
      "422 Invalid: ConfigMap \"a\" is invalid: data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  },
  {
    name: 'a namespace that is not there',
    call: client => client.create({ ...configMaps, namespace: 'nons' }, configMap('a')),
    expected: '404 NotFound: namespaces "nons" not found',
  },
  {
    name: 'a namespace in deletion',
    call: async client => {
      await client.create(namespaces, { metadata: { name: 'term' } });
      await client.delete({ ...namespaces, name: 'term' });
      await client.create({ ...configMaps, namespace: 'term' }, configMap('new'));
    },
    expected:
      '403 Forbidden: configmaps "new" is forbidden: unable to create new content in namespace term because it is being terminated',
  },
  {
    name: 'a namespace that stays',
    call: client => client.delete({ ...namespaces, name: 'default' }),
    expected: '403 Forbidden: namespaces "default" is forbidden: this namespace may not be deleted',
  },
  {
    name: 'an amount that is no quantity',
    call: client =>
      client.create(pods, {
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: 'much' } } }] },
      }),
    expected:
      '400 BadRequest: Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression \'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$\'',
  },
  {
    name: 'an amount with a suffix that does not exist',
    call: client =>
      client.create(pods, {
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { memory: '1K' } } }] },
      }),
    expected:
      '400 BadRequest: Pod in version "v1" cannot be handled as a Pod: unable to parse quantity\'s suffix',
  },
  {
    name: 'a request above its limit, in exponents',
    call: client =>
      client.create(pods, {
        metadata: { name: 'a' },
        spec: {
          containers: [
            { name: 'c', image: 'x', resources: { requests: { memory: '1Ei' }, limits: { memory: '1e18' } } },
          ],
        },
      }),
    expected:
      '422 Invalid: Pod "a" is invalid: spec.containers[0].resources.requests: Invalid value: "1Ei": must be less than or equal to memory limit of 1e18',
  },
  {
    name: 'an object of another kind',
    call: client => client.create(configMaps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
    expected:
      '400 BadRequest: Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
  },
  {
    name: 'an object for another namespace',
    call: client => client.create(configMaps, { metadata: { name: 'a', namespace: 'default' } }),
    expected:
      '400 BadRequest: the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    name: 'another name than in the URL',
    call: async client => {
      await client.create(configMaps, configMap('own'));
      await client.replace({ ...configMaps, name: 'own' }, configMap('other'));
    },
    expected: '400 BadRequest: the name of the object (other) does not match the name on the URL (own)',
  },
  {
    name: 'a creation with a version',
    call: client => client.create(configMaps, { metadata: { name: 'a', resourceVersion: '1' } }),
    expected: '500 : resourceVersion should not be set on objects to be created',
  },
  {
    name: 'a POST to a name',
    call: client => client.create({ ...configMaps, name: 'a' }, configMap('a')),
    expected: '405 MethodNotAllowed: the server does not allow this method on the requested resource',
  },
  {
    name: 'an unknown resource of a known group',
    call: client => client.list({ apiVersion: 'v1', plural: 'nope' }),
    expected: '404 NotFound: the server could not find the requested resource',
  },
  {
    name: 'an unknown group',
    call: client => client.list({ apiVersion: 'nope.io/v1', plural: 'nope' }),
    expected: '404 : 404 page not found',
  },
  {
    name: 'a body that is no JSON',
    call: client =>
      client.request('POST', '/api/v1/namespaces/sample/configmaps', {
        body: '{',
        contentType: 'application/json',
      }),
    expected:
      "400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)",
  },
  {
    name: 'a body with a word in it',
    call: client => client.request('POST', '/api/v1/namespaces/sample/configmaps', { body: '{"a": x}' }),
    expected:
      "400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'x' looking for beginning of value ({\"a\": x})",
  },
  {
    name: 'a body of an unknown type',
    call: client =>
      client.request('POST', '/api/v1/namespaces/sample/configmaps', { body: 'x', contentType: 'text/html' }),
    expected:
      '415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  {
    name: 'a body that is too large',
    call: client =>
      client.request('POST', '/api/v1/namespaces/sample/configmaps', { body: ' '.repeat(4 * 1024 * 1024) }),
    expected: '413 RequestEntityTooLarge: Request entity too large: limit is 3145728',
  },
  {
    name: 'a label selector that cannot be read',
    call: client => client.list(configMaps, { labelSelector: 'a b' }),
    expected:
      "400 BadRequest: unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  },
  {
    name: 'a field that nobody knows',
    call: client => client.list(configMaps, { fieldSelector: 'foo=1' }),
    expected:
      '400 BadRequest: "foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    name: 'a field that pods do not have',
    call: client => client.list(pods, { fieldSelector: 'spec.foo=1' }),
    expected: '400 BadRequest: field label not supported: spec.foo',
  },
  {
    name: 'a JSON patch whose test fails',
    call: async client => {
      await client.create(configMaps, configMap('jp'));
      await client.patch({ ...configMaps, name: 'jp' }, 'json', [
        { op: 'test', path: '/data/k', value: 'x' },
      ]);
    },
    expected: '422 Invalid: the server rejected our request due to an error in our request',
  },
  {
    name: 'a JSON patch that is no list',
    call: client => client.patch({ ...configMaps, name: 'jp' }, 'json', {}),
    expected:
      '400 BadRequest: error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  },
  {
    name: 'a new finalizer during deletion',
    call: async client => {
      await client.create(configMaps, configMap('fin', { metadata: { finalizers: ['ex.io/old'] } }));
      await client.delete({ ...configMaps, name: 'fin' });
      await client.patch({ ...configMaps, name: 'fin' }, 'merge', {
        metadata: { finalizers: ['ex.io/old', 'ex.io/new'] },
      });
    },
    expected:
      '422 Invalid: ConfigMap "fin" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"ex.io/new"}',
  },
  {
    name: 'a precondition that does not hold',
    call: async client => {
      await client.create(configMaps, configMap('pre'));
      await client.delete({ ...configMaps, name: 'pre' }, { preconditions: { uid: '123' } });
    },
    expected:
      '409 Conflict: Operation cannot be fulfilled on ConfigMap "pre": the UID in the precondition (123) does not match the UID in record (UID). The object might have been deleted and then recreated',
  },
  {
    name: 'what is not simulated',
    call: client =>
      client.create(
        { apiVersion: 'apiregistration.k8s.io/v1', plural: 'apiservices' },
        { metadata: { name: 'v1.example.com' }, spec: { group: 'example.com', version: 'v1' } },
      ),
    expected: '501 NotImplemented: apiservices.apiregistration.k8s.io is not simulated by mesh-harness',
  },
];

t.test('a refusal has the code, reason and sentence of the real server', async t => {
  await using world = await apiWorld();
  for (const { name, call, expected } of rows) {
    const seen = await refusalOf(call(world.admin));
    t.equal(seen.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'UID'), expected, name);
  }
});
