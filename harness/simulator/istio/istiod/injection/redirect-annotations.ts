/**
 * What a pod says of the traffic that its sidecar takes: annotations over the values of the charts
 * (istio-discovery/files/injection-template.yaml and pkg/kube/inject/validate.go @1.30.3; the same in 1.8).
 */
import { parseCidr } from '../../../../base/ipv4.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Arguments of istio-iptables, as texts. */
interface RedirectArguments {
  readonly outboundRanges: string;
  readonly exemptOutboundRanges: string;
  readonly inboundPorts: string;
  readonly exemptInboundPorts: string;
  /** Empty: the flag is left out. */
  readonly outboundPorts: string;
  readonly exemptOutboundPorts: string;
}

const PREFIX = 'traffic.sidecar.istio.io/';
const partsOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

/**
 * @param proxy - the charts' `global.proxy`
 * @throws Error with the injector's words for an annotation that cannot be read
 */
export function redirectArguments(annotations: Tree, proxy: Tree): RedirectArguments {
  const problems: string[] = [];
  const textOf = (annotation: string, value: string, fallback: string, check: Check): string => {
    const own = annotations[`${PREFIX}${annotation}`];
    if (own === undefined) return String(proxy[value] ?? fallback);
    const problem = check(String(own));
    if (problem !== undefined)
      problems.push(`invalid value '${own}' for annotation '${PREFIX}${annotation}': ${problem}`);
    return String(own);
  };
  const exempt = textOf('excludeInboundPorts', 'excludeInboundPorts', '', problemOfPorts);
  const status = String(annotations['status.sidecar.istio.io/port'] ?? proxy['statusPort'] ?? 15020);
  const exemptPorts = new Set([...partsOf(exempt), ...(status === '0' ? [] : [status])]);
  const read: RedirectArguments = {
    outboundRanges: textOf('includeOutboundIPRanges', 'includeIPRanges', '*', orAll(problemOfRanges)),
    exemptOutboundRanges: textOf('excludeOutboundIPRanges', 'excludeIPRanges', '', problemOfRanges),
    inboundPorts: textOf('includeInboundPorts', 'includeInboundPorts', '*', orAll(problemOfPorts)),
    exemptInboundPorts: ['15090', '15021', ...exemptPorts].join(','),
    // The injector does not look at this one, and istio-iptables fails on what is no port.
    outboundPorts: textOf('includeOutboundPorts', 'includeOutboundPorts', '', () => undefined),
    exemptOutboundPorts: textOf('excludeOutboundPorts', 'excludeOutboundPorts', '', problemOfPorts),
  };
  if (problems.length > 0) throw new Error(errorsText(problems));
  return read;
}

type Check = (text: string) => string | undefined;

const orAll =
  (check: Check): Check =>
  text =>
    text === '*' ? undefined : check(text);

function problemOfPorts(text: string): string | undefined {
  const wrong = partsOf(text).find(part => !/^\d+$/.test(part) || Number(part) > 65_535);
  return wrong === undefined ? undefined : `excludeInboundPorts invalid: failed parsing port '${wrong}'`;
}

function problemOfRanges(text: string): string | undefined {
  const wrong = partsOf(text).find(part => parseCidr(part) === undefined);
  return wrong === undefined ? undefined : `failed parsing cidr '${wrong}': invalid CIDR address: ${wrong}`;
}

/** As hashicorp/go-multierror prints several. */
const errorsText = (problems: readonly string[]): string =>
  problems.length === 1
    ? `1 error occurred:\n\t* ${problems[0]}\n\n`
    : `${problems.length} errors occurred:\n${problems.map(problem => `\t* ${problem}\n`).join('')}\n`;
