/** Warnings are headers, which cannot hold everything. */
import type { ServerResponse } from 'node:http';
import t from 'tap';
import { warn } from '../../../../harness/simulator/kubernetes/http/warning-header.ts';
import { apiWorld, configMap, configMaps } from '../api-world.ts';

/** The headers that an answer has after these warnings, as a client reads them. */
function headersAfter(texts: readonly string[]): readonly string[] {
  let lines: readonly string[] = [];
  const response = {
    headersSent: false,
    setHeader: (_name: string, value: readonly string[]) => {
      lines = value;
    },
  };
  for (const text of texts) warn(response as unknown as ServerResponse, text); // what is used of it
  return lines.map(line => Buffer.from(line, 'latin1').toString());
}

t.test('how warnings are written', async t => {
  t.same(headersAfter(['one', 'two', 'one', '']), ['299 - "one"', '299 - "two"']);
  t.same(headersAfter(['a "quoted" \\ text']), ['299 - "a \\"quoted\\" \\\\ text"']);
  t.same(headersAfter(['unknown field "größe 😀"']), ['299 - "unknown field \\"größe 😀\\""']);
  t.same(headersAfter(['no\nline', 'no \u0085 either', 'fine']), ['299 - "fine"']);
});

t.test('beyond 4,096 characters each is cut to 256, and the rest is left out', async t => {
  t.equal(headersAfter(['x'.repeat(4096)])[0]?.length, 4096 + 8);
  t.same(
    headersAfter(['x'.repeat(4000), 'y'.repeat(300)]).map(({ length }) => length),
    [264, 264],
  );
  const many = headersAfter(Array.from({ length: 5000 }, (_, index) => `unknown field "f${index}"`));
  t.ok(many.length > 150 && many.length < 250, `${many.length} headers`);
});

t.test('an object with fields that no header can name is taken', async t => {
  await using world = await apiWorld();
  const fields = [
    'größe',
    '𪠧',
    '\u0001',
    '\ud800',
    '"',
    '\\',
    ...Array.from({ length: 2000 }, (_, i) => `f${i}`),
  ];
  const created = await world.admin.create(
    configMaps,
    configMap('odd', Object.fromEntries(fields.map(field => [field, 'x']))),
  );
  t.equal(created.metadata.name, 'odd');
});
