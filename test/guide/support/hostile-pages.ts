/** Pages that are made to take forever, or to break their reader. */
import { isNightly } from '../../support/nightly.ts';

/** Sizes of a determined author; in `npm test` a part shows the same: time to the square would still be seen. */
const SHARE = isNightly ? 1 : 0.03;
const many = (text: string, count: number): string => text.repeat(Math.ceil(count * SHARE));

/**
 * Seconds that a page may take. On a free machine one of full size takes four; what takes time to the square of
 * its length would take hours.
 */
export const MOST_SECONDS = 30;

const BLOCK = '{{< text bash >}}\n$ good\n{{< /text >}}\n';

/** A name, a page that ends in a good block, the kind of its first problem, and whether that block is read. */
export const HOSTILE_PAGES: readonly [string, string, string | undefined, boolean][] = [
  ['beginnings of shortcodes', `${many('{{<', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['beginnings with a quote', `${many('{{< a "', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['beginnings with a backquote', `${many('{{< a `\n', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  ['comments without an end', `${many('{{</*', 100_000)}\n\n${BLOCK}`, 'unclosed-shortcode', true],
  [
    'blocks without an end',
    `${many('{{< text bash >}}\n\n', 100_000)}\n\n${BLOCK}`,
    'unclosed-shortcode',
    true,
  ],
  ['blocks on one line', `${many('{{< text bash >}}a{{< /text >}}', 100_000)}\n\n${BLOCK}`, undefined, true],
  ['ends without a beginning', `${many('{{< /tip >}}', 100_000)}\n\n${BLOCK}`, 'stray-close', true],
  ['a long argument', `{{< text "${many('a', 10_000_000)}" >}}\n${BLOCK}`, 'unclosed-shortcode', true],
  [
    'nested tabs',
    `${many('{{< tabset >}}{{< tab name=a >}}\n', 10_000)}${BLOCK}`,
    'unclosed-shortcode',
    true,
  ],
  [
    'nested tabs, all closed',
    `${many('{{< tabset >}}{{< tab name=a >}}\n', 10_000)}${BLOCK}${many('{{< /tab >}}{{< /tabset >}}\n', 10_000)}`,
    'too-deep',
    true,
  ],
  [
    'tabs of one set',
    `{{< tabset >}}${many('{{< tab name=a >}}{{< /tab >}}', 100_000)}{{< /tabset >}}\n${BLOCK}`,
    'tab-twice',
    true,
  ],
  [
    'a huge here-document',
    `{{< text bash >}}\n$ cat <<EOF > a\n${many(`${'x'.repeat(63)}\n`, 160_000)}EOF\n{{< /text >}}\n${BLOCK}`,
    undefined,
    true,
  ],
  ['a huge fence', `\`\`\`sh\n${many(`${'x'.repeat(63)}\n`, 160_000)}\`\`\`\n${BLOCK}`, undefined, true],
  ['many fences', `${'```\na\n```\n'.repeat(100_000)}\n${BLOCK}`, 'too-long', true],
  ['binary', `${many('{{< text bash >}}\0\x01\x7f\uFFFD', 100_000)}\n${BLOCK}`, 'not-text', false],
  ['bytes that are no UTF-8', `\uFFFD\n\n${BLOCK}`, 'not-text', true],
  ['quotations', `${many('>', 100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['lists on one line', `${'- '.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  [
    'lists in lists',
    `${Array.from({ length: 1000 }, (_, depth) => `${'  '.repeat(depth)}- a\n`).join('')}\n${BLOCK}`,
    'too-long',
    true,
  ],
  ['emphasis', `${'_a*'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['links', `${'[a]('.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  [
    'code',
    `${Array.from({ length: 700 }, (_, ticks) => '`'.repeat(ticks)).join(' ')}\n\n${BLOCK}`,
    'too-long',
    true,
  ],
  ['definitions', `${'[a]: b\n'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['HTML', `<div>${'<x y="'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['comments of HTML', `${'<!--'.repeat(100_000)}\n\n${BLOCK}`, 'too-long', true],
  ['equal headings', `${many('# a\n', 5_000)}\n${BLOCK}`, undefined, true],
  [
    'MkDocs in MkDocs',
    Array.from({ length: 1000 }, (_, depth) => `${'    '.repeat(depth)}=== "a"\n`).join(''),
    'too-deep',
    false,
  ],
];

const block = (count: number, lineOf: (number: number) => string): string =>
  [
    '{{< text bash >}}',
    ...Array.from({ length: count }, (_, number) => lineOf(number)),
    '{{< /text >}}',
    '',
  ].join('\n');

/** Lines of a block, made of a number. */
const COMMANDS: Readonly<Record<string, (number: number) => string>> = {
  commands: number => `$ kubectl get pods -n space${number}`,
  files: number =>
    `$ cat <<EOF > f${number}.yaml\nkind: Service\nmetadata:\n  name: a${number}\nEOF\n$ kubectl apply -f f${number}.yaml`,
  installs: number =>
    `$ cat <<EOF > f${number}.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      multiCluster:\n        clusterName: c${number}\nEOF\n$ istioctl install -f f${number}.yaml --context=c${number}`,
  variables: number => `$ export A${number}=x\n$ kubectl get pods --context=$A${number}`,
  'variables that nobody sets': number => `$ kubectl get pods --context=$A${number}`,
  namespaces: number => `$ kubectl create namespace n${number}\n$ kubectl label namespace n${number} a=b`,
  quotes: () => '$ echo "a',
  substitutions: () => '$ echo $(',
  'here-documents without an end': number => `$ cat <<E${number}`,
};
/** What stands on one line, nested or side by side. */
const LINES: Readonly<Record<string, (count: number) => string>> = {
  pipes: count => `$ ${'cat | '.repeat(count)}cat`,
  words: count => `$ kubectl get ${'a '.repeat(count)}`,
  flags: count => `$ kubectl get ${'--x=y '.repeat(count)}`,
  'nested substitutions': count => `$ echo ${'$('.repeat(count)}${')'.repeat(count)}`,
  'nested defaults': count => `$ echo ${'${A:-'.repeat(count)}${'}'.repeat(count)}`,
  'nested parentheses': count => `$ ${'('.repeat(count)}${')'.repeat(count)}`,
  'nested conditions': count => `$ ${'if true; then '.repeat(count)}${'fi;'.repeat(count)}`,
  'nested YAML': count => `$ kubectl apply -f - <<EOF\n${'['.repeat(count)}\nEOF`,
};
const COUNT = isNightly ? 10_000 : 100;

/** A name, and a page with many commands, or one that is long. */
export const HOSTILE_COMMANDS: readonly [string, string][] = [
  ...Object.entries(COMMANDS).map(([name, lineOf]): [string, string] => [name, block(COUNT, lineOf)]),
  ...Object.entries(LINES).map(([name, lineOf]): [string, string] => [name, block(1, () => lineOf(COUNT))]),
  [
    'output',
    block(COUNT, number => (number === 0 ? '$ kubectl get pods' : `pod-${number} 1/1 Running 0 1s`)),
  ],
  [
    'sets of tabs',
    Array.from(
      { length: COUNT / 10 },
      (_, number) =>
        `{{< tabset >}}\n{{< tab name="a${number}" >}}\n${BLOCK}{{< /tab >}}\n{{< tab name="b" >}}\n${BLOCK}{{< /tab >}}\n{{< /tabset >}}\n`,
    ).join('\n'),
  ],
  [
    'tabs in one set',
    `{{< tabset >}}\n${Array.from({ length: COUNT / 10 }, (_, number) => `{{< tab name="a${number}" >}}\n${BLOCK}{{< /tab >}}`).join('\n')}\n{{< /tabset >}}\n`,
  ],
];
