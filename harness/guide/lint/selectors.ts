/** Label selectors, as far as guides use them: equality. */
/** Tells whether a selector takes an object; one that we cannot read takes none. */
export function selects(
  selector: string,
  { labels }: { readonly labels: Readonly<Record<string, string>> },
): boolean {
  return selector.split(',').every(term => {
    const [, key, operator, value] = /^([\w./-]+)\s*(==|=|!=)\s*(.*)$/.exec(term) ?? [];
    if (key === undefined) return false;
    return operator === '!=' ? labels[key] !== value : labels[key] === value;
  });
}
