/** Rule: a here-document whose end is quoted keeps a variable of the guide as it is. */
import { documentsOf, lineSpan } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `literal-variable`. */
export const literalVariable: Rule = {
  id: 'literal-variable',
  severity: 'error',
  sentence: 'A here-document whose end is quoted keeps a variable of the guide as it is.',
  because:
    'Bash expands nothing in a here-document if any part of its delimiter is quoted (bash manual, "Here ' +
    'Documents").',
  example: {
    bad:
      `$ export HOST=web\n$ cat <<'EOF' | kubectl apply -f -\nkind: Service\nmetadata:\n  name: ` +
      `\${HOST}\nEOF`,
    good:
      `$ export HOST=web\n$ cat <<EOF | kubectl apply -f -\nkind: Service\nmetadata:\n  name: ` +
      `\${HOST}\nEOF`,
  },
  find: ({ traces }) =>
    traces.flatMap(trace => {
      const sets = trace.events.flatMap((event, at) =>
        event.kind === 'set' ? [{ at, name: event.name }] : [],
      );
      return documentsOf(trace).flatMap(document => {
        if (document.isExpanded) return [];
        const known = new Set(sets.filter(({ at }) => at < document.at).map(({ name }) => name));
        return document.raw.split('\n').flatMap((line, index): RuleFinding[] => {
          const name = [...line.matchAll(/\$\{(\w+)\}/g)]
            .map(([, each = '']) => each)
            .find(each => known.has(each));
          if (name === undefined) return [];
          return [
            {
              page: document.page,
              span: lineSpan(document, index),
              message: `The end of the here-document is quoted, so \${${name}} stays as it is.`,
              wouldHappen: `The tool reads the text \${${name}}, not what the guide has put into ${name}.`,
            },
          ];
        });
      });
    }),
};
