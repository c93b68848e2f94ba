/** Rule: a command reads a file that the guide has written under almost the same name. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { Trace } from '../../follow/trace.ts';
import { inputFilesOf, normalPath } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The rule `unwritten-file`. */
export const unwrittenFile: Rule = {
  id: 'unwritten-file',
  severity: 'error',
  sentence: 'A command reads a file that the guide writes under another, almost equal name.',
  because:
    'The file is not there: the command ends with an error, or reads one that lies there from elsewhere.',
  example: {
    bad: '$ cat <<EOF > cluster1.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y -f cluster-1.yaml',
    good: '$ cat <<EOF > cluster1.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y -f cluster1.yaml',
  },
  find: input =>
    findInCalls(input, (call, trace) =>
      inputFilesOf(trace, call).flatMap(({ path, document }) => {
        const name = normalPath(path.text);
        if (document || !path.isExact || !/^[\w.-]+\.ya?ml$/.test(name)) return [];
        const written = writtenBefore(trace, call.at);
        const meant = written.includes(name) ? undefined : didYouMean(name, written);
        if (meant === undefined) return [];
        return [
          {
            span: path.span,
            message: `The guide has written no file ${name} so far. ${meant}`,
            wouldHappen: `The command ends with: ${name}: no such file or directory.`,
          },
        ];
      }),
    ),
};

/** Files of very many that are looked at. */
const MOST_FILES = 50;

/** Lists the files that the guide has written before an event. */
function writtenBefore({ events }: Trace, at: number): readonly string[] {
  const written = new Set<string>();
  for (let index = at - 1; index >= 0 && written.size < MOST_FILES; index -= 1) {
    const event = events[index];
    if (event?.kind === 'file') written.add(normalPath(event.path.text));
    if (event?.kind === 'call' && event.output.to === 'file') written.add(normalPath(event.output.path.text));
  }
  return [...written];
}
