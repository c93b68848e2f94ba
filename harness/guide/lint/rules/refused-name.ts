/** Rule: kubernetes refuses a name that the guide gives to an object. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Expanded, Trace } from '../../follow/trace.ts';
import type { Page } from '../../page/page.ts';
import type { Span } from '../../source-text.ts';
import type { Edit, Fix } from '../finding.ts';
import { meshNames } from '../names.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { isTold } from '../told-variables.ts';
import { callsOf, flagValue, hasFlag, type ToolCall } from '../words.ts';

/** RFC 1123, as Kubernetes asks of most objects' names. */
const NAME = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;
/** Words that a reader replaces: `YOUR_CLUSTER`, `<name>`. */
const PLACEHOLDER = /[<>[\]{}$]|YOUR|MY_|EXAMPLE|SOME_|^(NAME|NAMESPACE|POD|SERVICE|CLUSTER|CONTEXT)$|\.\.\./;

/** The rule `refused-name`. */
export const refusedName: Rule = {
  id: 'refused-name',
  severity: 'error',
  sentence: 'Kubernetes refuses a name that the guide gives to an object.',
  because:
    'Names of objects are lower case: letters, digits, "-" and "." (kubernetes/apimachinery ' +
    'pkg/util/validation, IsDNS1123Subdomain). create-remote-secret makes a Secret that is named after ' +
    'the cluster: istio-remote-secret-NAME. One mend renames clusters, networks and mesh of the guide ' +
    'together, as a guide writes them in one way.',
  example: {
    bad: '$ istioctl x create-remote-secret --context=c --name=CLUSTER_1 | kubectl apply -f -',
    good: '$ istioctl x create-remote-secret --context=c --name=cluster-1 | kubectl apply -f -',
  },
  find(input) {
    const refused = input.traces.flatMap(trace => refusedIn(trace, input.edition));
    if (refused.length === 0) return [];
    const renames = renamesOf(input, new Set(refused.map(({ name }) => name.text)));
    const fixes = new Map(
      [...new Set(refused.map(({ page }) => page))].map(page => [page, fixOf(page, renames)]),
    );
    const found = refused.map(({ page, name, kind }, index): RuleFinding => {
      // One is enough to rename all; very many would each tell of all places.
      const fix = index < MOST_WITH_FIX ? fixes.get(page) : undefined;
      return {
        page,
        span: name.span,
        message:
          `Kubernetes refuses ${name.text} as a part of the name of a ${kind}: a name must be lower case, ` +
          `with "-" and "." at most.`,
        wouldHappen: `The API server answers that the ${kind} "${name.text}" is invalid, and it is not made.`,
        ...(fix && { fix }),
      };
    });
    return [...found, ...elsewhere(input, new Set(found.map(({ page }) => page)), renames)];
  },
};

const MOST_WITH_FIX = 100;
/** Each name is looked for in all of a page. */
const MOST_RENAMES = 100;

interface Refused {
  readonly page: Page;
  readonly name: Expanded;
  readonly kind: string;
}

function refusedIn(trace: Trace, edition: EditionName): readonly Refused[] {
  return callsOf(trace, edition).flatMap(call =>
    namesIn(call)
      .filter(({ name }) => name.text !== '' && !NAME.test(name.text) && !PLACEHOLDER.test(name.text))
      .map(({ name, kind }) => ({ page: call.event.origin.page, name, kind })),
  );
}

/** Lists the names that a call gives to new objects. */
function namesIn(call: ToolCall): readonly { readonly name: Expanded; readonly kind: string }[] {
  const secret = flagValue(call, 'name');
  if (call.tool === 'istioctl' && call.command.endsWith('create-remote-secret') && secret)
    return [{ name: secret, kind: 'Secret' }];
  if (call.tool !== 'kubectl' || hasFlag(call, 'filename')) return [];
  const made = /^create (namespace|ns|configmap|serviceaccount|sa|deployment)$/.exec(call.command);
  const [first, second] = call.operands;
  if (made?.[1] && first) return [{ name: first, kind: KINDS[made[1]] ?? made[1] }];
  if (call.command === 'create' && first && second && first.text in KINDS)
    return [{ name: second, kind: KINDS[first.text] ?? '' }];
  return [];
}

const KINDS: Readonly<Record<string, string>> = {
  namespace: 'Namespace',
  ns: 'Namespace',
  configmap: 'ConfigMap',
  serviceaccount: 'ServiceAccount',
  sa: 'ServiceAccount',
  deployment: 'Deployment',
};

/** Old name → new name, for the refused names and those of the mesh that are written in the same way. */
function renamesOf(
  { traces, edition }: RuleInput,
  refused: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const variables = new Set(
    traces.flatMap(({ events }) => events.flatMap(event => (event.kind === 'set' ? [event.name] : []))),
  );
  const names = [...refused, ...[...meshNames(traces, edition)].filter(name => /[A-Z]/.test(name))];
  const renames = new Map<string, string>();
  for (const name of names.slice(0, MOST_RENAMES)) {
    const mended = name.toLowerCase().replaceAll('_', '-');
    if (!variables.has(name) && NAME.test(mended)) renames.set(name, mended);
  }
  return renames;
}

/** Renames in all of a page: commands, documents and prose; a variable of the same name stays. */
function fixOf(page: Page, renames: ReadonlyMap<string, string>): Fix | undefined {
  const edits = [...renames].flatMap(([name, mended]) =>
    occurrences(page, name, isTold(name, [page])).map((span): Edit => ({ ...span, text: mended })),
  );
  if (edits.length === 0) return undefined;
  const pairs = [...renames].map(([name, mended]) => `${name} → ${mended}`).sort();
  return { description: `Rename throughout: ${pairs.join(', ')}`, edits, isSafe: true };
}

/** Words that are the name; a variable of its name too, if nobody is to set it. */
function occurrences({ source }: Page, name: string, isVariable: boolean): readonly Span[] {
  const quoted = name.replaceAll('.', '\\.');
  const variable = isVariable ? '(?!)' : `\\$\\{${quoted}\\}`;
  const words = new RegExp(`${variable}|(?<![\\w$-]|\\$\\{)${quoted}(?![\\w-]|=)`, 'g');
  return [...source.text.matchAll(words)].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
  }));
}

/** Finds the names on the other pages of the guide, which go with them. */
function elsewhere(
  { pages }: RuleInput,
  told: ReadonlySet<Page>,
  renames: ReadonlyMap<string, string>,
): readonly RuleFinding[] {
  return pages.flatMap(page => {
    const fix = told.has(page) ? undefined : fixOf(page, renames);
    const [first] = fix?.edits ?? [];
    if (!fix || !first) return [];
    const name = page.source.text.slice(first.start, first.end);
    const span = { start: first.start, end: first.end };
    return [
      {
        page,
        span,
        severity: 'note',
        message: `${name} is refused on another page of the guide.`,
        wouldHappen: 'The pages of the guide would speak of different clusters.',
        fix,
      },
    ];
  });
}
