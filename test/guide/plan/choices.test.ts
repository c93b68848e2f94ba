/** A plan has what a guide tells first; what it offers instead, or as an option, is left out and told. */
import t from 'tap';
import { follow } from '../../../harness/guide/follow/follow.ts';
import { viewsOf } from '../../../harness/guide/follow/views.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { plainWayOf } from '../../../harness/guide/plan/choices.ts';

function commandsLeft(...lines: readonly string[]) {
  const [view] = viewsOf([readPage('page.md', `${lines.join('\n')}\n`)]);
  if (!view) throw new Error('The page has no way through it.');
  const { trace, notes } = plainWayOf(follow(view));
  const commands = trace.events.flatMap(event =>
    event.kind === 'call' ? [event.args.map(({ text }) => text).join(' ')] : [],
  );
  return { commands, notes };
}

const block = (command: string): readonly string[] => ['', '```bash', `$ ${command}`, '```', ''];

t.test('what is offered instead is left out', t => {
  const { commands, notes } = commandsLeft(
    'Put it there:',
    ...block('kubectl apply -f one.yaml'),
    'With a revision, use this command instead:',
    ...block('sed s/a/b/ one.yaml'),
    'Then go on:',
    ...block('kubectl get svc'),
  );
  t.same(commands, ['apply -f one.yaml', 'get svc']);
  t.same(notes, ["page.md:10:3 is left out: the text makes it a choice of the reader's."]);
  t.end();
});

t.test('what is optional is left out, alternatives too', t => {
  const { commands } = commandsLeft(
    '1. (Optional) Definitions go as well.',
    '',
    '   They take all objects with them:',
    ...block('kubectl delete crd x'),
    'Alternatively, take all:',
    ...block('kubectl delete all --all'),
    '## Further',
    'The optional gateway is asked for its address:',
    ...block('kubectl get svc gateway'),
  );
  t.same(commands, ['get svc gateway'], 'a thing that is optional is no optional step');
  t.end();
});

t.test('a guide without choices is followed as it is', t => {
  const { commands, notes } = commandsLeft('Put it there:', ...block('kubectl apply -f one.yaml'));
  t.same(commands, ['apply -f one.yaml']);
  t.same(notes, []);
  t.end();
});
