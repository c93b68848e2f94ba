/** Rule: a step on another page puts something into a namespace that this guide makes only later. */
import type { Trace } from '../../follow/trace.ts';
import type { Link, Page } from '../../page/page.ts';
import { installsOf } from '../documents.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { callsOf } from '../words.ts';

/** Pages of istio.io that put something into a namespace: the end of the path, and what. */
const PUTS: readonly { readonly page: RegExp; readonly what: string; readonly namespace: string }[] = [
  { page: /\/cert-management\/plugin-ca-cert\/?$/, what: 'the Secret cacerts', namespace: 'istio-system' },
];

/** The rule `namespace-elsewhere`. */
export const namespaceElsewhere: Rule = {
  id: 'namespace-elsewhere',
  severity: 'note',
  sentence: 'A step on another page puts something into a namespace that this guide makes only later.',
  because:
    'istio-system comes with istioctl install. The API server refuses a Secret whose namespace is not ' +
    'there: namespaces "istio-system" not found.',
  example: {
    bad:
      'Push a [certificate](/docs/tasks/security/cert-management/plugin-ca-cert/) first.\n\n$ istioctl ' +
      'install -y --context=c',
    good:
      '$ kubectl create namespace istio-system --context=c\n\nPush a ' +
      '[certificate](/docs/tasks/security/cert-management/plugin-ca-cert/) then.\n\n$ istioctl install -y ' +
      '--context=c',
  },
  find: input =>
    input.pages.flatMap(page => {
      const link = page.links.find(({ target }) => putBy(target) !== undefined);
      return link ? findAt(page, link, input) : [];
    }),
};

const putBy = (target: string) => PUTS.find(({ page }) => page.test(target.split(/[#?]/)[0] ?? ''));

function findAt(page: Page, { target, span }: Link, { traces, edition }: RuleInput): readonly RuleFinding[] {
  const put = putBy(target);
  if (!put) return [];
  const isLate = (trace: Trace) =>
    installsOf(trace, edition).some(({ call }) => isBehind(call.event.origin, page, span.start)) &&
    !callsOf(trace, edition).some(
      ({ event, command, args }) =>
        command.startsWith('create') &&
        !isBehind(event.origin, page, span.start) &&
        args.some(({ text }) => text === put.namespace),
    );
  if (!traces.some(isLate)) return [];
  return [
    {
      page,
      span,
      message:
        `${target} puts ${put.what} into the namespace ${put.namespace}, which comes only with the ` +
        `install below.`,
      wouldHappen: `Error from server (NotFound): namespaces "${put.namespace}" not found.`,
    },
  ];
}

const isBehind = (
  origin: { readonly page: Page; readonly span: { readonly start: number } },
  page: Page,
  offset: number,
): boolean => origin.page !== page || origin.span.start > offset;
