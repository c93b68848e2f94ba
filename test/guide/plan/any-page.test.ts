/** Whatever a page says, it is a plan or an error of ours with a place. */
import fc from 'fast-check';
import t from 'tap';
import { HarnessError } from '../../../harness/base/errors.ts';
import { readGuide } from '../../../harness/guide/read-guide.ts';
import { rounds } from '../../support/nightly.ts';

const FRAGMENTS = [
  '```bash\n',
  '```\n',
  '{{< text bash >}}\n',
  '{{< /text >}}\n',
  '{{< tabset category-name="a" >}}\n',
  '{{< tab name="A" >}}\n',
  '{{< /tab >}}\n',
  '{{< /tabset >}}\n',
  '## Clean up\n',
  '$ ',
  '> ',
  'export A=b\n',
  'A=$(kubectl get svc -o jsonpath={.a} --context=a)\n',
  'kubectl apply --context=$A -f - <<EOF\n',
  'kind: IstioOperator\n',
  '  network: ${A}\n',
  'EOF\n',
  'istioctl install --context a -f f.yaml \\\n',
  'cat <<EOF > f.yaml\n',
  ' | kubectl --context=b apply -f -\n',
  'samples/multicluster/gen-eastwest-gateway.sh --mesh a',
  'kubectl apply --context=b -f samples/helloworld/helloworld.yaml -l version=v1 -n sample\n',
  'helm install a istio/base --kube-context b\n',
  '"$(',
  ")'",
  '"',
  '`',
  ' && ',
  ' || ',
  'NAME READY\n',
  '...\n',
  '\n',
];

/** Commands that are a plan by themselves, with its clean-up. */
const SOUND =
  '```bash\n$ kubectl get ns --context=a\n```\n\n' +
  '## Cleanup\n\n```bash\n$ kubectl delete ns b --context=a\n```\n\n## More\n\n';

t.test('any page is a plan, or an error that says where', async t => {
  const pages = fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 8 })), {
    maxLength: 40,
  });
  let plans = 0;
  fc.assert(
    fc.property(pages, fc.boolean(), (fragments, isAsPrinted) => {
      const files = [{ file: 'a.md', text: `${SOUND}${fragments.join('')}` }];
      try {
        readGuide({
          files,
          tabs: ['A'].slice(0, fragments.includes('{{< /tabset >}}\n') ? 1 : 0),
          edition: '1.8',
          isAsPrinted,
          withCleanUp: true,
        });
        plans += 1;
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
      }
    }),
    { numRuns: rounds(5000, { daily: 150 }), seed: 19 },
  );
  t.ok(plans > 0, `${plans} plans`);
});
