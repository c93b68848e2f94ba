/** Tells how far work in many like pieces has come: at its beginning, and after each quarter of it. */

const PORTIONS = 4;

/** Counts pieces that are done. */
export class Portions {
  readonly #count: number;
  readonly #tell: (message: string) => void;
  readonly #words: (done: number, count: number) => string;
  #done = 0;

  /**
   * @param count - of all pieces; with 0 nothing is ever told
   * @param tell - called at once, and at each quarter
   * @param words - what is told
   */
  constructor(
    count: number,
    tell: (message: string) => void,
    words: (done: number, count: number) => string,
  ) {
    this.#count = count;
    this.#tell = tell;
    this.#words = words;
    if (count > 0) this.#say();
  }

  /** One more is done. */
  add(): void {
    const before = this.#quarter();
    this.#done += 1;
    if (this.#quarter() > before) this.#say();
  }

  #quarter(): number {
    return Math.floor((this.#done * PORTIONS) / this.#count);
  }

  #say(): void {
    this.#tell(this.#words(this.#done, this.#count));
  }
}
