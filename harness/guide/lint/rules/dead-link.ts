/** Rule: a link leads to an anchor that its page does not have. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { Link, Page } from '../../page/page.ts';
import { kept } from '../kept.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `dead-link`. */
export const deadLink: Rule = {
  id: 'dead-link',
  severity: 'warning',
  sentence: 'A link leads to an anchor that its page does not have.',
  because:
    'The browser stays at the top of the page. Anchors are made of headings, as Hugo makes them; links ' +
    'to pages that were not given are not followed.',
  example: {
    bad: '## Set up\n\nSee [above](#setting-up).',
    good: '## Set up\n\nSee [above](#set-up).',
  },
  find: ({ pages }) => pages.flatMap(page => page.links.flatMap(link => findIn(page, link, pages))),
};

/** Anchors of a page beyond which nothing is guessed; it takes time. */
const MOST_GUESSED = 200;

/** Makers of sites differ in what they make of marks and of several blanks. */
const plain = (anchor: string): string => anchor.replaceAll('_', '').replace(/-+/g, '-');

const anchorsOf = kept((page: Page): ReadonlySet<string> => new Set(page.anchors.map(plain)));

function findIn(page: Page, { target, span }: Link, pages: readonly Page[]): readonly RuleFinding[] {
  const [path = '', anchor] = target.split('#', 2);
  if (anchor === undefined || anchor === '' || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return [];
  const other = path === '' ? page : pages.find(each => isAt(each, path));
  // Text from elsewhere may have headings.
  if (!other || other.includes.length > 0 || anchor.startsWith(':~:')) return [];
  const wanted = decoded(anchor);
  if (anchorsOf(other).has(plain(wanted))) return [];
  const meant = other.anchors.length > MOST_GUESSED ? undefined : didYouMean(wanted, other.anchors);
  return [
    {
      page,
      span,
      message: `${path === '' ? 'This page' : path} has no anchor #${wanted}.${
        meant === undefined ? '' : ` ${meant}`
      }`,
      wouldHappen: 'The link leads to the top of the page instead of the passage.',
    },
  ];
}

/** Tells whether a page of the site is the file of a page that was given. */
function isAt({ source }: Page, path: string): boolean {
  const place =
    path
      .split('?')[0]
      ?.replace(/\/+$/, '')
      .replace(/\/index\.md$|\.md$/, '') ?? '';
  const file = source.file.replaceAll('\\', '/').replace(/\/_?index\.md$|\.md$/, '');
  return place.split('/').filter(Boolean).length > 1 && place.startsWith('/') && file.endsWith(place);
}

function decoded(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}
