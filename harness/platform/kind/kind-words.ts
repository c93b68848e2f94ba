/**
 * What of kind's words on the way a user is told: what it waits for and what it warns of, but neither what
 * every run knows, nor what another program said when it failed.
 */

/**
 * Words that tell nothing here: we set both variables in every run, doctor tells of cgroup v1, clusters of a
 * run have contexts of their own, and salutations are not our manner. From kind's
 * pkg/internal/runtime/runtime.go, pkg/cluster/internal/create/create.go and
 * pkg/cluster/internal/providers/docker/provider.go @v0.33.0.
 */
const NOISE: readonly RegExp[] = [
  /^using docker due to KIND_EXPERIMENTAL_PROVIDER/,
  /^WARNING: (?:Overriding docker network|Here be dragons)/,
  /^cgroup v1 is deprecated/,
  /^Set kubectl context to /,
  /^You can now use your cluster with:/,
  /^kubectl cluster-info --context /,
  /^Have a nice day!/,
  /^Thanks for using kind!/,
  /^Not sure what to do next\?/,
  /^Have a question, bug, or feature request\?/,
];

/** Its phases (pkg/internal/cli/status.go @v0.33.0): begun, done, failed. */
const PHASE = /^\s*([\u2022\u2713\u2717]) (.*)$/u;
/** Where its last words begin, and after them those of the program that failed. */
const FAILURE = /^ERROR: /;
const PICTURE = /\p{Extended_Pictographic}|\uFE0F/gu;

/** kubeadm has brought the control plane up: its API server answers. */
const ANSWERS = /^\s*\u2713 Starting control-plane/u;

/** Tells whether a line of kind says that the API server of its cluster answers. */
export const saysThatItAnswers = (line: string): boolean => ANSWERS.test(line);

/** Takes away the lines of an output of kind that tell nothing. */
export const withoutNoise = (said: string): string =>
  said
    .split('\n')
    .filter(line => !NOISE.some(pattern => pattern.test(line)))
    .join('\n');

/**
 * Makes a listener for the lines of one `kind create cluster`.
 * @param tell - called with what a user is told of them: a phase when it begins or fails, and warnings
 */
export function kindWords(tell: (words: string) => void): (line: string) => void {
  let hasFailed = false;
  return line => {
    if (hasFailed) return;
    hasFailed = FAILURE.test(line);
    if (NOISE.some(pattern => pattern.test(line))) return;
    const [, mark, phase = ''] = PHASE.exec(line) ?? [];
    if (mark === '✓') return; // the next one begins
    const words = (mark === undefined ? line : phase).replaceAll(PICTURE, '').replace(/\s*\.{3}\s*$/, '');
    // What failed is the message's to tell: a command of seven hundred characters stands here.
    tell(`${mark === '✗' ? '✗ ' : ''}${hasFailed ? words.replace(/:? ?command ".*$/s, '') : words}`.trim());
  };
}
