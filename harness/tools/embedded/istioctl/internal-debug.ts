/**
 * `istioctl x internal-debug`: a debug page of istiod. istioctl/pkg/internaldebug @1.30.3. Unlike istioctl,
 * which asks by a discovery stream, it asks from inside istiod's container.
 */
import { ToolExit } from '../invocation.ts';
import { askIstiod, RefusedPage } from './ask-istiod.ts';
import type { Call, Verb } from './verb.ts';

const EXIT_INCORRECT_USAGE = 64;
const ACCORDING =
  'error: according to below command list, please check all supported internal debug commands\n';

/** Prints a page as JSON, or which there are. */
export const internalDebug: Verb = {
  flags: {
    list: { type: 'boolean', short: 'L' },
    all: { type: 'boolean' },
    revision: { type: 'text', short: 'r' },
  },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { args, flags } = call;
    const [name] = args;
    if (name === undefined && !flags.boolean('list'))
      throw new ToolExit(
        'Error: debug type is required, you can specify --list flag to list supported debug types',
        EXIT_INCORRECT_USAGE,
      );
    await printPage(call, name ?? 'list');
    return 0;
  },
};

async function printPage(call: Call, name: string): Promise<void> {
  const { flags, invocation } = call;
  try {
    const answers = await askIstiod(call, `/debug/${name}`);
    const pages = flags.boolean('all')
      ? Object.fromEntries(answers.map(({ istiod, page }) => [istiod, page]))
      : answers[0]?.page;
    invocation.stdout(`${JSON.stringify(pages, undefined, 2)}\n`);
  } catch (error) {
    if (!(error instanceof RefusedPage)) throw error;
    if (/You must provide a proxyID in the query string/.test(error.body))
      throw new ToolExit(
        'Error:  You must provide a proxyID in the query string, e.g. [edsz?proxyID=istio-ingressgateway]',
      );
    if (/404 page not found/.test(error.body)) {
      invocation.stdout(ACCORDING);
      await printPage(call, 'list');
    } else invocation.stdout(`${error.body}\n`);
  }
}
