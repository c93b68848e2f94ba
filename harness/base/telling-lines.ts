/**
 * What of a failed program's output tells why: for programs of the Kubernetes world, whose last lines are
 * often traces and Go's stack.
 */

/** Of a long output, the lines that a message shows. */
const MAX_LINES = 15;
/** kind repeats its whole `docker run` in an error: some 700 characters. */
const MAX_LINE_CHARACTERS = 400;
const MAX_CAUSES = 4;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are what it takes away
const COLOUR = /\u001B\[[0-9;]*[A-Za-z]/g;

/**
 * klog's header (kubernetes/klog: `[IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line]`), also behind the prefix
 * of a journal (`Nov 30 06:55:00 node kubelet[123]: `).
 */
const KLOG = /^(?:.*?\]: )?([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ ([\w.-]+:\d+)\] ?(.*)$/;

/** Go's stack: a function's name, and below it an indented file with a line. */
const STACK_FILE = /^\s+\S+\.(?:go|s):\d+(?: \+0x[0-9a-f]+)?$/;
const STACK_FUNCTION = /^(?:[\w.-]+\/)*[\w.-]+\.(?:\(\*?[\w.]+\)\.)?[\w.()*[\]-]+(?:\(.*\))?$/;
const GOROUTINE = /^goroutine \d+ \[/;

/** How lines begin that tell of an error: kubeadm, kubectl, crictl, istioctl, the docker command. */
const ERRORS = [
  '(?:error|Error)(?:: | execution phase | from server)',
  'error when ',
  '(?:docker: )?Error response from daemon: ',
  'FATA\\[|time="[^"]*" level=fatal |fatal: |ctr: ',
  'Unable to connect to the server|The connection to the server ',
  // kubeadm's checks, and what it waited for in vain.
  '\\[ERROR [\\w-]+\\]: ',
  "\\[kubelet-check\\] .*(?:not healthy|isn't running|failed with error)",
  '\\[control-plane-check\\] .*not healthy',
  "couldn't initialize a Kubernetes cluster|could not (?:bootstrap|initialize) ",
  'timed out waiting for ',
];

/** Words for a program's own cause, the plainest first. */
const CAUSES: readonly RegExp[] = [
  // A kubelet that ends (Kubernetes' component-base, cli/run.go): once, among much else.
  /"command failed" err="/,
  new RegExp(`^(?:${ERRORS.join('|')})`),
  // kind itself, which only names the program that failed.
  /^ERROR: /,
];

/**
 * Takes away what tells nothing to people: colours, traces of klog (kubeadm's `-v=6`, HTTP requests), Go's
 * stack, empty lines. Errors and warnings of klog stay.
 */
export function withoutTraces(text: string): readonly string[] {
  const lines = text
    .replaceAll(COLOUR, '')
    // kind puts the first line of the other program's output behind its own words.
    .replaceAll(/^(?:Command Output|Stack Trace): /gm, '')
    .split(/\r?\n|\r/);
  return lines.flatMap((line, index) => {
    const next = lines[index + 1] ?? '';
    if (line.trim() === '' || STACK_FILE.test(line) || GOROUTINE.test(line)) return [];
    if (STACK_FUNCTION.test(line) && STACK_FILE.test(next)) return [];
    const [, severity, place = ''] = KLOG.exec(line) ?? [];
    return severity === 'I' || place.startsWith('round_trippers') ? [] : [line.trimEnd()];
  });
}

/**
 * Finds the lines that say why a program failed: of the plainest kind that there is, each once, four at most.
 * @returns the last line that tells anything, if none begins as an error does; empty for an empty output
 */
export function causesIn(text: string): readonly string[] {
  const lines = withoutTraces(text);
  for (const pattern of CAUSES) {
    const isCause = (line: string) => pattern.test(line.trim());
    const found = lines.flatMap((line, index) => {
      if (!isCause(line)) return [];
      // What is announced stands below, indented.
      const next = lines[index + 1] ?? '';
      return /:$/.test(line) && /^\s/.test(next) && !isCause(next) ? [line, next] : [line];
    });
    const causes = [...new Set(found.map(line => asCause(line.trim())))];
    if (causes.length > 0) return causes.slice(-MAX_CAUSES);
  }
  return lines.slice(-1).map(line => asCause(line.trim()));
}

/**
 * The shortest form of a failed program's output for a message: its causes first, then the last lines that
 * tell something.
 * @param known - causes that the message has already
 */
export function shortOutput(text: string, known: readonly string[] = []): string {
  const causes = known.length > 0 ? known : causesIn(text);
  const rest = withoutTraces(text)
    .map(line => shortened(line))
    .filter(line => !causes.some(cause => cause === asCause(line.trim())));
  const shown = rest.slice(-MAX_LINES);
  return [...(known.length > 0 ? [] : causes), ...shown].join('\n');
}

/** What klog has in front of an error goes; a kubelet's error is its `err`. */
function asCause(line: string): string {
  const words = KLOG.exec(line)?.[3] ?? line;
  const [, quoted] = /"command failed" err=("(?:[^"\\]|\\.)*")/.exec(words) ?? [];
  return shortened(quoted === undefined ? words : unquoted(quoted));
}

/** klog quotes as Go does, which is as JSON does but for rare escapes. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

function shortened(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const end = MAX_LINE_CHARACTERS / 2;
  return `${line.slice(0, end)} … ${line.slice(-end)}`;
}
