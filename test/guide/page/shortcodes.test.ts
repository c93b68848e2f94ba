/** Pages as istio.io keeps them: blocks and tabs of shortcodes. */
import t from 'tap';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { blocksOf, checkPlaces, pageOf, problemsOf, proseOf, textsOf } from './on-page.ts';

t.test('a block of text: its language, its arguments, its lines', async t => {
  const rows: readonly [string, string, Record<string, string>][] = [
    ['{{< text bash >}}', 'bash', {}],
    ['{{<text bash>}}', 'bash', {}],
    ['{{% text bash %}}', 'bash', {}],
    ['{{< text bash json >}}', 'bash', { outputis: 'json' }],
    [
      '{{< text syntax=bash snip_id=make_it outputis=json >}}',
      'bash',
      { snip_id: 'make_it', outputis: 'json', syntax: 'bash' },
    ],
    ['{{< text syntax="yaml" repo="a \\"b\\"" >}}', 'yaml', { syntax: 'yaml', repo: 'a "b"' }],
    ['{{< text "plain" >}}', 'plain', {}],
    ['{{< text syntax=`bash`\n   snip_id = one >}}', 'bash', { syntax: 'bash', snip_id: 'one' }],
    ['{{< highlight bash >}}', 'bash', {}],
    ['{{< text >}}', '', {}],
  ];
  for (const [open, language, attributes] of rows) {
    const name = open.includes('highlight') ? 'highlight' : 'text';
    const page = pageOf('before', '', open, '$ one', '  two', `{{< /${name} >}}`);
    const [block] = page.blocks;
    t.match(block, { language }, open);
    t.same(block?.attributes, attributes, open);
    t.same(textsOf(block?.lines), ['$ one', '  two']);
    t.same(page.problems, []);
    checkPlaces(t, page);
  }
});

t.test('in a list a block loses the indentation of its mark, and keeps its own', async t => {
  const page = pageOf(
    '1.  Do this:',
    '',
    '    {{< text bash >}}',
    '    $ cat <<EOF',
    '      deep: yes',
    '',
    '  out: less',
    '\tEOF',
    '    {{< /text >}}',
    '',
    '1.  Then {{< text plain >}}',
    '    that',
    '    {{< /text >}}',
  );
  t.same(blocksOf(page), ['bash 3:5: $ cat <<EOF |   deep: yes |  | out: less | EOF', 'plain 11:10: that']);
  t.same(textsOf(page.prose), ['Do this:', 'Then']);
  checkPlaces(t, page);
});

t.test('what stands in a block is no Markdown and no other block', async t => {
  const page = pageOf(
    '{{< text bash >}}',
    '# not a heading',
    '- [no link](/a)',
    '```',
    '$ curl {{< istio_version >}}/x',
    '{{</* text bash */>}}',
    '{{< /text >}}',
    '# A heading',
  );
  t.same(blocksOf(page), [
    'bash 1:1: # not a heading | - [no link](/a) | ``` | $ curl {{< istio_version >}}/x | {{</* text bash */>}}',
  ]);
  t.same(textsOf(page.headings), ['A heading']);
  t.same([page.links, page.prose, page.problems], [[], [], []]);
});

t.test('what stands in a comment of HTML nobody sees', async t => {
  const block = (name: string) => ['{{< text bash >}}', `$ ${name}`, '{{< /text >}}', ''];
  const page = pageOf(
    ...block('one'),
    ...['<!-- Not yet:', '', ...block('two'), '[a](/b)', '-->', ''],
    ...block('three'),
    ...['Words <!-- {{< text bash >}}four{{< /text >}} --> and words.', ''],
    ...['<!--', '```bash', 'five', '```', '-->'],
    ...block('six'),
  );
  t.same(blocksOf(page), ['bash 1:1: $ one', 'bash 14:1: $ three', 'bash 25:1: $ six']);
  t.same(page.links, []);
  checkPlaces(t, page);
});

t.test('tabs: their names, what stands in them, sets within tabs', async t => {
  const page = pageOf(
    '{{< tabset category-name="tool" >}}',
    '{{< tab name="By hand" category-value="hand" >}}',
    '{{< text bash >}}',
    '$ one',
    '{{< /text >}}',
    '{{< tabset >}}{{< tab name="Inner" >}}',
    '    {{< text bash >}}',
    '    $ two',
    '    {{< /text >}}',
    '{{< /tab >}}{{< /tabset >}}',
    '{{< /tab >}}',
    '{{< tab name=" Helm " >}}',
    'Words.',
    '{{< text bash >}}',
    '$ three',
    '{{< /text >}}',
    '{{< /tab >}}',
    '{{< /tabset >}}',
    '{{< text bash >}}',
    '$ four',
    '{{< /text >}}',
  );
  t.same(blocksOf(page), [
    'bash 3:1 [By hand]: $ one',
    'bash 7:5 [By hand/Inner]: $ two',
    'bash 14:1 [Helm]: $ three',
    'bash 19:1: $ four',
  ]);
  t.match(page.tabsets, [
    { category: 'tool', within: [], tabs: [{ name: 'By hand', value: 'hand' }, { name: 'Helm' }] },
    { within: [{ tabset: 0, tab: 'By hand' }], tabs: [{ name: 'Inner' }] },
  ]);
  t.same(proseOf(page), ['Helm: Words.']);
  t.same(page.problems, []);
});

t.test('a heading in a tab counts in that tab only', async t => {
  const block = ['{{< text bash >}}', '$ x', '{{< /text >}}'];
  const page = pageOf(
    '## Install',
    '{{< tabset >}}',
    ...['{{< tab name=A >}}', '<h3>In A</h3>', '', ...block, '## Over', ...block, '{{< /tab >}}'],
    ...['{{< tab name=B >}}', ...block, '### In B', ...block, '{{< /tab >}}'],
    '{{< /tabset >}}',
    ...block,
    '### After',
    ...block,
  );
  t.same(
    page.blocks.map(({ section }) => section.join(' > ')),
    ['Install > In A', 'Over', 'Install', 'Install > In B', 'Install', 'Install > After'],
  );
});

t.test('text that comes from elsewhere is told', async t => {
  const page = pageOf(
    '{{< boilerplate before-you-begin >}}',
    '{{< text_import file="a/b.sh" syntax=bash >}}',
    '{{< text_dynamic url="https://example.com/x" />}}',
    'A {{< gloss "cluster" >}}cluster{{< /gloss >}} of {{< istio_full_version >}}, [a file]({{< github_file >}}/x.yaml).',
    '{{< image width="75%"',
    '    link="a.svg"',
    '    >}}',
  );
  t.same(
    page.includes.map(({ shortcode, from }) => [shortcode, from]),
    [
      ['boilerplate', 'before-you-begin'],
      ['text_import', 'a/b.sh'],
      ['text_dynamic', 'https://example.com/x'],
    ],
  );
  t.same(textsOf(page.prose), ['A cluster of , a file.']);
  t.same(
    page.links.map(({ target }) => target),
    ['{{< github_file >}}/x.yaml'],
  );
  t.same([page.blocks, page.problems], [[], []]);
  checkPlaces(t, page);
});

t.test('what is wrong with shortcodes is told, and the rest of the page is read', async t => {
  const good = ['{{< text bash >}}', '$ good', '{{< /text >}}'];
  const rows: readonly [readonly string[], readonly string[], readonly string[]][] = [
    [
      ['{{< text bash >}}', '$ a', '', 'Prose.', ...good],
      ['unclosed-shortcode 1:1'],
      ['bash 1:1: $ a', 'bash 5:1: $ good'],
    ],
    [['{{< text bash >}}', '$ a'], ['unclosed-shortcode 1:1'], ['bash 1:1: $ a']],
    [
      ['{{< text bash >}}', '$ a', ...good],
      ['unclosed-shortcode 1:1'],
      ['bash 1:1: $ a', 'bash 3:1: $ good'],
    ],
    [['{{< text bash >}}', '', ...good], ['unclosed-shortcode 1:1'], ['bash 1:1: ', 'bash 3:1: $ good']],
    [['{{< /text >}}', ...good], ['stray-close 1:1'], ['bash 2:1: $ good']],
    [
      ['{{< tabset >}}', '{{< tab name=A >}}', ...good, '{{< /tabset >}}'],
      ['unclosed-shortcode 2:1'],
      ['bash 3:1 [A]: $ good'],
    ],
    [['{{< tab name=A >}}', ...good, '{{< /tab >}}'], ['tab-outside 1:1'], ['bash 2:1: $ good']],
    [['{{< tabset >}}', ...good, '{{< /tabset >}}'], ['no-tabs 1:1'], ['bash 2:1: $ good']],
    [
      [
        '{{< tabset >}}',
        '{{< tab >}}{{< /tab >}}',
        '{{< tab name="tab 1" >}}',
        ...good,
        '{{< /tab >}}',
        '{{< /tabset >}}',
      ],
      ['tab-without-name 2:1', 'tab-twice 3:1'],
      ['bash 4:1 [tab 1]: $ good'],
    ],
    [['{{< tip', '', ...good], ['unclosed-shortcode 1:1'], ['bash 3:1: $ good']],
    [['{{< image link="a', '" >}}', ...good], ['unclosed-shortcode 1:1'], ['bash 3:1: $ good']],
    [['{{< unknown >}}', ...good, '{{< other/ >}}'], [], ['bash 2:1: $ good']],
  ];
  for (const [lines, problems, blocks] of rows) {
    const page = pageOf(...lines);
    t.same(problemsOf(page), problems, lines.join('\n'));
    t.same(blocksOf(page), blocks, lines.join('\n'));
    checkPlaces(t, page);
  }
});

t.test('of very many tabs the first hundred are read', async t => {
  const tabs = Array.from({ length: 120 }, (_, index) => `{{< tab name="${index}" >}}{{< /tab >}}`);
  const page = pageOf('{{< tabset >}}', ...tabs, '{{< /tabset >}}', '{{< tabset >}}{{< /tabset >}}');
  t.equal(page.tabsets[0]?.tabs.length, 100);
  t.same(problemsOf(page), ['too-long 102:1']);
});

t.test('line ends of Windows and of old Macs are kept, and are no part of a line', async t => {
  const lines = [
    '# One',
    '',
    '{{< text bash >}}',
    '$ a',
    '  b',
    '{{< /text >}}',
    '',
    '```sh',
    'c',
    '```',
    'end',
  ];
  for (const end of ['\r\n', '\r']) {
    const page = readPage('page.md', lines.join(end));
    t.same(blocksOf(page), ['bash 3:1: $ a |   b', 'sh 8:1: c']);
    t.same(textsOf(page.prose), ['end']);
    checkPlaces(t, page);
  }
});
