/** `kubectl create -f`. Kubernetes: kubectl pkg/cmd/create/create.go. */
import { ToolExit } from '../invocation.ts';
import { COMMON, queryOf } from './create.ts';
import { noMatch, readDocuments } from './documents.ts';
import { apiErrorText } from './errors.ts';
import { displayName, pathTo } from './resources.ts';
import { usage, type Verb } from './verb.ts';

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
      const { object, from } = document;
      const resource = await call.mapper.ofKind(object.apiVersion, object.kind);
      if (!resource) {
        errors.push(noMatch(document));
        continue;
      }
      const namespace = object.metadata.namespace ?? call.namespace;
      try {
        const made = await call.client.create(
          pathTo(resource, namespace),
          object,
          queryOf(call),
          call.signal,
        );
        call.invocation.stdout(`${displayName(resource, made.metadata.name ?? '')} created\n`);
      } catch (error) {
        const text = apiErrorText(error, { doing: 'creating', from });
        if (text === undefined) throw error;
        errors.push(text);
      }
    }
    if (documents.length === 0 && errors.length === 0)
      throw new ToolExit('error: no objects passed to create');
    if (errors.length > 0) throw new ToolExit(errors.join('\n'));
    return 0;
  },
};
