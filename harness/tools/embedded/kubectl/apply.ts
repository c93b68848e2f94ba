/** `kubectl apply`: chooses the objects of the files, and applies them. Kubernetes: kubectl pkg/cmd/apply. */
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { applyOne, failedCallOf } from './apply-object.ts';
import { type Document, noMatch, readDocuments } from './documents.ts';
import { apiErrorText, connectionText } from './errors.ts';
import type { Resource } from './resources.ts';
import { type LabelSelector, parseSelector, SelectorError } from './selectors.ts';
import { type Call, usage, type Verb } from './verb.ts';

/** Applies every document of `-f` that the selector matches; a failure of one does not stop the others. */
export const apply: Verb = {
  flags: {
    filename: { type: 'list', short: 'f' },
    // A later -l replaces an earlier one: it is a plain string in kubectl (docs/reference/istio.md I11).
    selector: { type: 'text', short: 'l' },
    'server-side': { type: 'boolean' },
    'force-conflicts': { type: 'boolean' },
    'field-manager': { type: 'text' },
    validate: { type: 'text', bare: 'strict' },
    'dry-run': { type: 'text', bare: 'unchanged' },
    overwrite: { type: 'boolean' },
    wait: { type: 'boolean' },
    recursive: { type: 'boolean', short: 'R' },
    output: { type: 'text', short: 'o' },
  },
  async run(call) {
    const { flags, invocation } = call;
    const files = flags.list('filename');
    if (files.length === 0) throw new ToolExit('error: must specify one of -f and -k');
    if (call.args.length > 0) throw usage(`Unexpected args: [${call.args.join(' ')}]`, 'apply');
    const matches = selectorOf(flags.text('selector'));
    const { documents, errors: unread } = readDocuments(
      invocation,
      files,
      flags.text('validate') !== 'false',
    );
    const { selected, refused } = await select(call, documents, matches);
    const errors = [...unread, ...refused];
    if (selected.length === 0 && errors.length === 0) throw new ToolExit('error: no objects passed to apply');
    errors.push(...(await applyAll(call, selected)));
    if (errors.length > 0) throw new ToolExit(errors.join('\n'));
    return 0;
  },
};

/** A document and the resource that it is one of. */
interface Selected {
  readonly document: Document;
  readonly resource: Resource;
}

/**
 * Chooses the documents that the selector matches. One that the server cannot take is refused, with a text.
 */
async function select(
  call: Call,
  documents: readonly Document[],
  matches: LabelSelector,
): Promise<{ readonly selected: readonly Selected[]; readonly refused: readonly string[] }> {
  const refused: string[] = [];
  const selected: Selected[] = [];
  for (const document of documents) {
    const resource = await call.mapper.ofKind(document.object.apiVersion, document.object.kind);
    if (!resource) refused.push(noMatch(document));
    else {
      const mismatch = placeInNamespace(call, document.object, resource);
      if (mismatch !== undefined) refused.push(mismatch);
      else if (matches(document.object.metadata.labels ?? {})) selected.push({ document, resource });
    }
  }
  return { selected, refused };
}

/** Applies one document after another. @returns the texts of those that failed */
async function applyAll(call: Call, selected: readonly Selected[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { document, resource } of selected) {
    try {
      await applyOne(call, document, resource);
    } catch (error) {
      call.signal.throwIfAborted();
      failures.push(refusalOf(error));
    }
  }
  return failures;
}

/** Returns the text of a failure that concerns one document. @throws a failure that ends the verb */
function refusalOf(error: unknown): string {
  if (connectionText(error) !== undefined) throw error;
  const text =
    apiErrorText(error, failedCallOf(error)) ?? (error instanceof ToolExit ? error.message : undefined);
  if (text === undefined) throw error;
  return text;
}

function selectorOf(text: string | undefined): LabelSelector {
  if (text === undefined) return () => true;
  try {
    return parseSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) throw new ToolExit(`error: ${messageOf(error)}`);
    throw error;
  }
}

/** Fills the namespace in. @returns a text if `-n` contradicts the object's own */
function placeInNamespace(
  { namespace, flags }: Call,
  object: KubernetesObject,
  resource: Resource,
): string | undefined {
  if (!resource.namespaced) return undefined;
  const own = object.metadata.namespace;
  if (own !== undefined && own !== '' && flags.has('namespace') && own !== namespace) {
    return (
      `error: the namespace from the provided object "${own}" does not match the namespace "${namespace}". ` +
      `You must pass '--namespace=${own}' to perform this operation.`
    );
  }
  if (own === undefined || own === '') object.metadata.namespace = namespace;
  return undefined;
}
