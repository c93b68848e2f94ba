/** Rule: in 1.8 a remote is installed before its primary has the secret that leads to it. */
import type { Trace } from '../../follow/trace.ts';
import type { Block, Page } from '../../page/page.ts';
import { type Install, installsOf } from '../documents.ts';
import type { Fix } from '../finding.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { type AppliedSecret, secretsOf } from '../secrets.ts';

/** The rule `secret-after-remote`. */
export const secretAfterRemote: Rule = {
  id: 'secret-after-remote',
  severity: 'error',
  sentence: 'In 1.8 a remote is installed before its primary has the secret that leads to it.',
  because:
    "istiod of 1.8.0 asks the API server of a proxy's own cluster whether to serve it (istio/istio " +
    "pilot/pkg/xds/authentication.go). Without the remote secret the remote's ingress gateway never " +
    'becomes ready, and istioctl install gives up on it. create-remote-secret makes the service account ' +
    'itself since October 2020. Later releases need the secret for the patch of the webhook only.',
  example: {
    bad: [
      '$ cat <<EOF > r.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      ' +
        'remotePilotAddress: 1.2.3.4\nEOF',
      '$ istioctl install -y --context=r -f r.yaml',
      '$ istioctl x create-remote-secret --context=r --name=r | kubectl apply -f - --context=p',
    ].join('\n'),
    good: [
      '$ istioctl x create-remote-secret --context=r --name=r | kubectl apply -f - --context=p',
      '$ cat <<EOF > r.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      ' +
        'remotePilotAddress: 1.2.3.4\nEOF',
      '$ istioctl install -y --context=r -f r.yaml',
    ].join('\n'),
  },
  find: ({ traces, edition }) =>
    edition === '1.8'
      ? traces.flatMap(trace => {
          const secrets = secretsOf(trace, edition);
          return installsOf(trace, edition)
            .filter(({ remotePilotAddress }) => remotePilotAddress !== undefined)
            .flatMap(install => findAt(install, secrets, trace));
        })
      : [],
};

function findAt(install: Install, secrets: readonly AppliedSecret[], trace: Trace): readonly RuleFinding[] {
  const own = secrets.filter(({ watched }) => watched === install.context);
  const [late] = own;
  if (!late || own.some(({ create }) => create.at < install.call.at)) return [];
  const { page, span, place } = late.create.event.origin;
  const fix = moveBefore(page, late, install, trace);
  return [
    {
      page,
      span,
      message:
        `The secret that leads to ${install.context} comes after the install of ${install.context} (line ` +
        `${install.call.event.origin.place.line}), which waits for it.`,
      wouldHappen:
        `The ingress gateway of the remote never becomes ready: istioctl gives up after five minutes, ` +
        `before line ${place.line}.`,
      ...(fix && { fix }),
    },
  ];
}

/** Moves the secret's whole section before that of the install, if the section is of nothing else. */
function moveBefore(page: Page, late: AppliedSecret, install: Install, { events }: Trace): Fix | undefined {
  const block = late.create.event.origin.block;
  const from = sectionStart(page, block);
  const to = sectionStart(page, install.call.event.origin.block);
  if (install.call.event.origin.page !== page || from === undefined || to === undefined || from <= to)
    return undefined;
  const text = page.source.text;
  const end = endOfLines(text, block.span.end);
  const isAlone = !page.blocks.some(
    each => each !== block && each.span.start >= from && each.span.end <= end,
  );
  const setsBetween = events.some(
    event =>
      event.kind === 'set' &&
      event.origin.span.start >= to &&
      late.create.args
        .concat(late.apply.args)
        .some(({ uses }) => uses.some(({ name }) => name === event.name)),
  );
  const section = text.slice(from, end);
  const first = block.section.at(-1) ?? 'The section';
  const second = install.call.event.origin.block.section.at(-1) ?? 'the install';
  return {
    description: `Move "${first}" before "${second}".`,
    edits: [
      { start: to, end: to, text: section },
      { start: from, end, text: '' },
    ],
    isSafe: isAlone && !setsBetween,
  };
}

/** Finds where the line of the heading begins that a block stands below. */
function sectionStart({ headings, source }: Page, { span }: Block): number | undefined {
  const heading = headings.findLast(each => each.span.end <= span.start);
  if (!heading) return undefined;
  return heading.span.start - (source.placeOf(heading.span.start).column - 1);
}

/** Takes the rest of the line and the empty lines behind it along. */
const endOfLines = (text: string, end: number): number =>
  end + (/^[ \t]*(?:\r?\n)?(?:[ \t]*\r?\n)*/.exec(text.slice(end, end + 200))?.[0].length ?? 0);
