import t from 'tap';
import { apiWorld, configMap, configMaps, refusalOf } from '../api-world.ts';

interface Page {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly metadata: {
    readonly continue?: string;
    readonly remainingItemCount?: number;
    readonly resourceVersion: string;
  };
}

const PATH = '/api/v1/namespaces/sample/configmaps';

t.test('5,000 objects come in pages of one moment, whatever is written in between', async t => {
  await using world = await apiWorld();
  const { client } = world.api.machinery;
  for (let index = 0; index < 5000; index++) {
    client.create(
      'configmaps',
      configMap(`m${String(index).padStart(4, '0')}`, { metadata: { namespace: 'sample' } }),
    );
  }
  const names: string[] = [];
  let token = '';
  let version = '';
  let pages = 0;
  do {
    const query: Record<string, string> = { limit: '500', ...(token !== '' && { continue: token }) };
    const page = (await world.admin.request('GET', PATH, { query })) as Page;
    names.push(...page.items.map(({ metadata }) => metadata.name));
    version ||= page.metadata.resourceVersion;
    t.equal(page.metadata.resourceVersion, version, 'the version of the first page');
    t.equal(page.metadata.remainingItemCount ?? 0, 5000 - names.length);
    token = page.metadata.continue ?? '';
    client.create('configmaps', configMap(`new${pages}`, { metadata: { namespace: 'sample' } }));
    client.delete('configmaps', 'sample', `m${String(4999 - pages).padStart(4, '0')}`);
    pages++;
  } while (token !== '');
  t.equal(pages, 10);
  t.same(
    names,
    Array.from({ length: 5000 }, (_, index) => `m${String(index).padStart(4, '0')}`),
  );
});

t.test('lists refuse what cannot be', async t => {
  await using world = await apiWorld();
  const list = (query: Record<string, string>) => refusalOf(world.admin.request('GET', PATH, { query }));
  const tokenOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const invalid = '400 BadRequest: invalid continue token: continue key is not valid';
  for (const [token, problem] of [
    ['x', 'illegal base64 data at input byte 0'],
    ['!!', 'illegal base64 data at input byte 0'],
    ['Zm9v', "invalid character 'o' in literal false (expecting 'a')"],
    [tokenOf({}), 'server does not recognize this encoded version '],
    [tokenOf({ v: 'meta.k8s.io/v1' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [tokenOf({ v: 'meta.k8s.io/v1', rv: 5 }), 'encoded start key empty (version meta.k8s.io/v1)'],
  ] as const)
    t.equal(await list({ continue: token }), `${invalid}: ${problem}`);
  t.equal(
    await list({ continue: tokenOf({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' }), resourceVersion: '1' }),
    '400 BadRequest: specifying resource version is not allowed when using continue',
  );
  for (const [name, value, problem] of [
    ['limit', 'abc', 'invalid syntax'],
    ['limit', '', 'invalid syntax'],
    ['limit', '1.5', 'invalid syntax'],
    ['timeoutSeconds', '99999999999999999999', 'value out of range'],
  ] as const) {
    const text = `400 BadRequest: strconv.ParseInt: parsing ${JSON.stringify(value)}: ${problem}`;
    t.equal(await list({ [name]: value }), text);
  }
  t.match(
    await list({ resourceVersion: '99999999' }),
    /^504 Timeout: Timeout: Too large resource version: 99999999, current: \d+$/,
  );
  t.match(
    await list({ resourceVersion: 'x' }),
    /^400 BadRequest: invalid resource version: resourceVersion: /,
  );
  const one = refusalOf(world.admin.request('GET', `${PATH}/x`, { query: { resourceVersion: 'x' } }));
  t.match(await one, /^500 : resourceVersion: Invalid value: /);
  t.match(
    await list({ resourceVersionMatch: 'Exact' }),
    /^422 Invalid: ListOptions.meta.k8s.io "" is invalid/,
  );
  t.match(await list({ sendInitialEvents: 'true' }), /sendInitialEvents is forbidden for list/);
});

t.test('a list names the kind of its items once', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const list = (await world.admin.request('GET', PATH)) as { kind: string; items: Record<string, unknown>[] };
  t.equal(list.kind, 'ConfigMapList');
  t.equal(list.items[0]?.['kind'], undefined);
});
