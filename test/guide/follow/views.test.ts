import t from 'tap';
import { viewOfTabs, viewsOf } from '../../../harness/guide/follow/views.ts';
import { pageOf, tabsetOf } from '../support/blocks.ts';

const names = (...tabsets: Parameters<typeof pageOf>[1] & {}) => {
  const pages = [pageOf([], tabsets)];
  return { pages, views: viewsOf(pages).map(({ name }) => name) };
};

t.test('views come by every tab', async t => {
  t.same(names().views, ['']);
  t.same(names(tabsetOf(['A', 'B', 'C'])).views, ['A', 'B', 'C']);
  t.same(names(tabsetOf(['A', 'B']), tabsetOf(['C', 'D'])).views, ['A / C', 'B / D']);
  t.same(
    names(tabsetOf(['A', 'B'], { category: 'x' }), tabsetOf(['B', 'A'], { category: 'x' })).views,
    ['A', 'B'],
    'sets of a category switch together',
  );
  const within = [{ tabset: 0, tab: 'B' }];
  t.same(names(tabsetOf(['A', 'B']), tabsetOf(['C', 'D'], { within })).views, ['A', 'B / C', 'B / D']);
});

t.test('a view is chosen by names', async t => {
  const { pages } = names(
    tabsetOf(['Primary Remote', 'Multi Primary'], { category: 'x' }),
    tabsetOf(['Multi Primary', 'Primary Remote'], { category: 'x' }),
    tabsetOf(['Helm', 'IstioOperator']),
    tabsetOf(['Only']),
  );
  t.equal(
    viewOfTabs(pages, ['primary-remote', 'helm']).name,
    'Primary Remote / Helm / Only',
    'by value, whatever its case; a set of one tab needs no name',
  );
  t.equal(viewOfTabs(pages, ['MULTI PRIMARY', 'istiooperator']).name, 'Multi Primary / IstioOperator / Only');
  const refused = (given: readonly string[], message: RegExp, hint: RegExp) =>
    t.throws(() => viewOfTabs(pages, given), { code: 'ERR_UNKNOWN_TAB', message, hint });
  refused(
    [],
    /No tab is named for the set at page\.md:1/,
    /--tab with one of: primary-remote, multi-primary/,
  );
  refused(['primary-remote'], /No tab is named/, /helm, istiooperator/);
  refused(['primery-remote', 'helm'], /has no tab "primery-remote"/, /Did you mean primary-remote/);
  refused(['primary-remote', 'helm', 'hlem'], /no tab "hlem" on the way/, /Did you mean helm/);
  refused(['primary-remote', 'multi-primary', 'helm'], /More than one tab/, /one of them/);
  t.throws(() => viewOfTabs([pageOf([])], ['a']), { code: 'ERR_UNKNOWN_TAB', hint: /no tabs at all/ });
});
