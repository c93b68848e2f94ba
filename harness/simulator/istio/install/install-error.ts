/** What istioctl says when it cannot make an installation out of its input. */

/** The message is istioctl's own, without the leading `Error: `. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
}
