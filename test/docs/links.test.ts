/** Links between our own pages lead to files that exist, and to headings that are in them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../support/cli.ts';

const pages = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => path.join('docs', name)),
];

/** Without what is code: it may look like a heading, or like a link. */
const proseOf = (page: string) =>
  readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');

/**
 * As GitHub makes them: lower case, only letters, digits, hyphens and spaces, the spaces as hyphens; the
 * second of the same name ends in -1.
 */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, title = ''] of proseOf(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\- _]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let count = 1; anchors.has(name); count++) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

t.test('every link within the repository leads somewhere', async t => {
  const dead: string[] = [];
  let anchors = 0;
  for (const page of pages) {
    const prose = proseOf(page).replace(/`[^`\n]*`/g, '');
    for (const [, link = ''] of prose.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), decodeURI(file));
      if (!existsSync(path.join(ROOT, target))) dead.push(`${page}: ${link}`);
      else if (anchor !== undefined) {
        anchors++;
        if (!anchorsOf(target).has(anchor)) dead.push(`${page}: ${link}`);
      }
    }
  }
  t.same(dead, []);
  t.ok(
    pages.length > 8 && anchors > 4,
    `${anchors} links to headings in ${pages.length} pages were looked at`,
  );
});
