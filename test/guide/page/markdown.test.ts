/** Pages of plain Markdown: fences, headings, links, prose and the forms of tabs. */
import t from 'tap';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { blocksOf, checkPlaces, pageOf, problemsOf, proseOf, textsOf } from './on-page.ts';

t.test('fences and indented code are blocks, wherever they stand', async t => {
  const page = pageOf(
    ...['```bash', '$ a', '', '  b', '```', ''],
    ...['- item', '', '  ~~~yaml title="x.yaml" hl=1', '  c: 1', '    d: 2', '  ~~~', ''],
    ...['> quoted', '>', '> ```', '> e', '> ```', ''],
    ...['Text:', '', '    f', '', '      g', ''],
    ...['```', '```', '', '```{.sh}', 'h', '````'],
  );
  t.same(blocksOf(page), [
    'bash 1:1: $ a |  |   b',
    'yaml 9:3: c: 1 |   d: 2',
    ' 16:3: e',
    ' 22:1: f |  |   g',
    ' 26:1: ',
    ' 29:1: h',
  ]);
  t.same(page.blocks[1]?.attributes, { title: 'x.yaml', hl: '1' });
  t.same(page.blocks[4]?.lines, []);
  t.same(page.problems, []);
  checkPlaces(t, page);
});

t.test('a fence that is never closed is told, and its lines are read', async t => {
  const page = pageOf('Text', '````sh', 'a', '```');
  t.same(problemsOf(page), ['unclosed-fence 2:1']);
  t.same(blocksOf(page), ['sh 2:1: a | ```']);
});

t.test('headings have the anchors that Hugo gives them', async t => {
  const rows: readonly [string, number, string, string][] = [
    ['## Verify the Installation', 2, 'Verify the Installation', 'verify-the-installation'],
    ['### Deploy `HelloWorld` (V1), now!', 3, 'Deploy HelloWorld (V1), now!', 'deploy-helloworld-v1-now'],
    ['# Über_uns -- 2 ##', 1, 'Über_uns -- 2', 'über_uns----2'],
    ['Under\nlined\n=====', 1, 'Under lined', 'underlined'],
    ['## Own {#my-id}', 2, 'Own', 'my-id'],
    ['## Own {.wide #its}', 2, 'Own', 'its'],
    ['## ?', 2, '?', 'heading'],
    ['<h3 id="here">In <b>HTML</b></h3>', 3, 'In HTML', 'here'],
    ['<h3>Without</h3>', 3, 'Without', ''],
  ];
  for (const [text, level, heading, anchor] of rows)
    t.match(pageOf(text).headings, [{ level, text: heading, anchor }], text);
  const twice = pageOf('# A', '# A', '# A 1', '# A', '## B {#a-4}', '# A');
  t.same(
    twice.headings.map(({ anchor }) => anchor),
    ['a', 'a-1', 'a-1-1', 'a-2', 'a-4', 'a-3'],
  );
  t.same(pageOf('<a name="old"></a><div id="box">', '', '# A').anchors, ['a', 'old', 'box']);
  t.same(pageOf('<!-- <h2 id="x">', '', 'X</h2> -->', '', '<h2>Y', '').headings, []);
});

t.test('links of Markdown and HTML, with their targets as written', async t => {
  const page = pageOf(
    'See [one](/docs/a/#b "title"), [two][t], <https://example.com/>, ![no](x.png),',
    'and <a class="x" href=\'#three\'>three</a>.',
    '',
    '[t]: https://example.com/two',
    '',
    '<p>In HTML: <A HREF=/four>four</A></p>',
  );
  t.same(
    page.links.map(({ target, span }) => [target, page.source.placeOf(span.start).line]),
    [
      ['/docs/a/#b', 1],
      ['https://example.com/two', 1],
      ['https://example.com/', 1],
      ['#three', 2],
      ['/four', 6],
    ],
  );
  t.same(textsOf(page.prose), ['See one, two, https://example.com/, , and three.', 'In HTML:', 'four']);
});

t.test('the front matter is read, and told if it is none', async t => {
  const rows: readonly [string, unknown, readonly string[]][] = [
    ['---\ntitle: A\ntest: yes\n---\n# B', { title: 'A', test: 'yes' }, []],
    ['\uFEFF---\r\ntitle: A\r\n---\r\n# B', { title: 'A' }, []],
    ['---\n---\n# B', {}, []],
    ['# B', {}, []],
    ['---\n- a\n---\n# B', {}, ['front-matter 1:1']],
    ['---\na: [\n---\n# B', {}, ['front-matter 1:1']],
    [`---\na: ${'['.repeat(100_000)}\n---\n# B`, {}, ['front-matter 1:1']],
    ['---\na: 1\n\n# B', {}, ['front-matter 1:1']],
    ['+++\na = 1\n+++\n# B', {}, ['front-matter 1:1']],
  ];
  for (const [text, values, problems] of rows) {
    const page = readPage('page.md', text);
    t.same(page.frontMatter, values, text.slice(0, 100));
    t.same(problemsOf(page), problems, text.slice(0, 100));
    t.same(textsOf(page.headings), ['B'], text.slice(0, 100));
  }
});

t.test('tabs of MkDocs', async t => {
  const page = pageOf(
    '=== "One"',
    '',
    '    Words.',
    '',
    '    ``` bash',
    '    a',
    '',
    '      b',
    '    ```',
    '',
    '    === "In one"',
    '',
    '        ```sh',
    '        c',
    '        ```',
    '',
    '=== "Two"',
    '',
    '    ```sh',
    '    === "no tab"',
    '    ```',
    '',
    'Then:',
    '',
    '=== "Three"',
    '    ```sh',
    '    d',
    '    ```',
    'e',
  );
  t.same(blocksOf(page), [
    'bash 5:5 [One]: a |  |   b',
    'sh 13:9 [One/In one]: c',
    'sh 19:5 [Two]: === "no tab"',
    'sh 26:5 [Three]: d',
  ]);
  t.same(
    page.tabsets.map(({ tabs }) => tabs.map(({ name }) => name)),
    [['One', 'Two'], ['In one'], ['Three']],
  );
  t.same(proseOf(page), ['One: Words.', ': Then:', ': e']);
  checkPlaces(t, page);
});

t.test('tabs of Docusaurus', async t => {
  const page = pageOf(
    '<Tabs groupId="tool">',
    '  <TabItem value="hand" label="By hand">',
    '',
    '```bash',
    'a',
    '```',
    '',
    '  </TabItem>',
    '  <TabItem value="helm">Words.</TabItem>',
    '</Tabs>',
    '',
    '```',
    '<Tabs>',
    '```',
  );
  t.same(blocksOf(page), ['bash 4:1 [By hand]: a', ' 12:1: <Tabs>']);
  t.match(page.tabsets, [
    {
      category: 'tool',
      tabs: [
        { name: 'By hand', value: 'hand' },
        { name: 'helm', value: 'helm' },
      ],
    },
  ]);
  t.same(page.problems, []);
  checkPlaces(t, page);
});

t.test('groups of code of VitePress', async t => {
  const page = pageOf(
    '::: code-group',
    '',
    '```sh [By hand]',
    'a',
    '```',
    '',
    '~~~sh',
    ':::',
    '~~~',
    ':::',
    '',
    '```sh',
    'b',
    '```',
  );
  t.same(blocksOf(page), ['sh 3:1 [By hand]: a', 'sh 7:1 [sh]: :::', 'sh 12:1: b']);
  t.same(page.problems, []);
  checkPlaces(t, page);
});
