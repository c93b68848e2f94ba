/** Rule: a command reads a file that the guide has written under another name. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { samePath } from '../../follow/known-text.ts';
import type { Trace } from '../../follow/trace.ts';
import { loneFiles, mistakenPair, writesOf } from '../files.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';

/** The rule `unwritten-file`. */
export const unwrittenFile: Rule = {
  id: 'unwritten-file',
  severity: 'error',
  sentence: 'A command reads a file that the guide writes under another name.',
  because:
    'The file is not there: the command ends with an error, or reads one that lies there from elsewhere. ' +
    "A file counts as the reader's own if the text or another command names it.",
  example: {
    bad: '$ cat <<EOF > cluster1.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y -f cluster-1.yaml',
    good: '$ cat <<EOF > cluster1.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y -f cluster1.yaml',
  },
  find: input => input.traces.flatMap(trace => findIn(trace, input)),
};

function findIn(trace: Trace, input: RuleInput): readonly RuleFinding[] {
  const pair = mistakenPair(trace, input);
  return loneFiles(trace, input).unwritten.flatMap(({ call, name, span }) => {
    const hint =
      name === pair?.read.name
        ? `Nothing reads ${samePath(pair.written.path.text)}, which it writes: are they the same?`
        : didYouMean(name, writtenBefore(trace, call.at));
    if (hint === undefined) return [];
    return [
      {
        page: call.event.origin.page,
        span,
        message: `The guide has written no file ${name} so far. ${hint}`,
        wouldHappen: `The command ends with: ${name}: no such file or directory.`,
      },
    ];
  });
}

/** Files of very many that are looked at. */
const MOST_FILES = 50;

/** Lists the files that the guide has written before an event. */
function writtenBefore(trace: Trace, before: number): readonly string[] {
  const writes = writesOf(trace);
  const written = new Set<string>();
  for (let index = writes.length - 1; index >= 0 && written.size < MOST_FILES; index -= 1) {
    const write = writes[index];
    if (write && write.at < before) written.add(write.name);
  }
  return [...written];
}
