/** A failure that is answered with a text: a real server has those where no object is concerned. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
  readonly code: number;

  /** @param code - of HTTP @param text - the answer, without the end of its line */
  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}
