/** A whole number without a sign, `1u`. */
export class UnsignedInt {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}
