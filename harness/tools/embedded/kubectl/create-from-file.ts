/** `kubectl create -f`. Kubernetes: kubectl pkg/cmd/create/create.go. */
import { ToolExit } from '../invocation.ts';
import { COMMON, queryOf } from './create.ts';
import { type Document, noMatch, readDocuments } from './documents.ts';
import { apiErrorText } from './errors.ts';
import { displayName, pathTo } from './resources.ts';
import { type Call, usage, type Verb } from './verb.ts';

/** Creates every object of the files; a failure of one does not stop the others. */
export const createFromFile: Verb = {
  flags: { filename: { type: 'list', short: 'f' }, ...COMMON },
  async run(call) {
    const files = call.flags.list('filename');
    if (files.length === 0) {
      if (call.args.length > 0) throw usage(`Unexpected args: [${call.args.join(' ')}]`, 'create');
      throw new ToolExit('error: must specify one of -f and -k');
    }
    const { documents, errors: unread } = readDocuments(
      call.invocation,
      files,
      call.flags.text('validate') !== 'false',
    );
    const errors = [...unread];
    for (const document of documents) {
      const refusal = await createOne(call, document);
      if (refusal !== undefined) errors.push(refusal);
    }
    if (documents.length === 0 && errors.length === 0)
      throw new ToolExit('error: no objects passed to create');
    if (errors.length > 0) throw new ToolExit(errors.join('\n'));
    return 0;
  },
};

/** Creates the object of a document. @returns a text if it is refused */
async function createOne(call: Call, document: Document): Promise<string | undefined> {
  const { object, from } = document;
  const resource = await call.mapper.ofKind(object.apiVersion, object.kind);
  if (!resource) return noMatch(document);
  const path = pathTo(resource, object.metadata.namespace ?? call.namespace);
  try {
    const made = await call.client.create(path, object, queryOf(call), call.signal);
    call.invocation.stdout(`${displayName(resource, made.metadata.name ?? '')} created\n`);
    return undefined;
  } catch (error) {
    const text = apiErrorText(error, { doing: 'creating', from });
    if (text === undefined) throw error;
    return text;
  }
}
