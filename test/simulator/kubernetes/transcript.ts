/**
 * Transcripts of a shell as tests: what was typed, and what came out, with the parts left open that differ
 * from run to run.
 */

/** One command and what it must print. */
export interface Exchange {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  /** Where it stands in the file, for messages. */
  readonly line: number;
}

/**
 * Reads a transcript. `# …` is a remark, `$ …` a command; the lines below are its output, those after `! `
 * its errors, `[exit N]` its end.
 * A backslash before a line of output takes its first character literally.
 *
 * @throws SyntaxError for output without a command
 */
export function parseTranscript(text: string): Exchange[] {
  const exchanges: Exchange[] = [];
  let open: { command: string; line: number; stdout: string[]; stderr: string[]; code: number } | undefined;
  const close = () => {
    if (!open) return;
    const { stdout, stderr, ...rest } = open;
    while (stdout.at(-1) === '') stdout.pop();
    exchanges.push({ ...rest, stdout: stdout.join('\n'), stderr: stderr.join('\n') });
    open = undefined;
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('# ')) close();
    else if (line.startsWith('$ ')) {
      close();
      open = { command: line.slice(2), line: index + 1, stdout: [], stderr: [], code: 0 };
    } else if (!open) {
      if (line !== '') throw new SyntaxError(`line ${index + 1} belongs to no command: ${line}`);
    } else if (open.command.endsWith('\\'))
      open.command = `${open.command.slice(0, -1).trimEnd()} ${line.trim()}`;
    else if (line.startsWith('! ')) open.stderr.push(line.slice(2));
    else if (line.startsWith('\\')) open.stdout.push(line.slice(1));
    else if (/^\[exit \d+\]$/.test(line)) open.code = Number(line.slice(6, -1));
    else open.stdout.push(line);
  }
  close();
  return exchanges;
}

/** What may stand where a transcript leaves something open. */
const OPEN: Readonly<Record<string, string>> = {
  '<age>': '(?:\\d+[smhd])+',
  '<ip>': '\\d+\\.\\d+\\.\\d+\\.\\d+',
  '<port>': '\\d+',
  '<n>': '\\d+',
  '<hash>': '[a-z0-9]+',
  '<uid>': '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '<time>': '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z',
  '<date>': '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000',
  '<…>': '.*',
};
const OPEN_NAMES = new RegExp(Object.keys(OPEN).join('|'));

/** A line of a transcript as a pattern: widths of columns differ with what stands in them. */
function patternOf(line: string): RegExp {
  const parts = line.trimEnd().split(/(<[a-z…]+>| {2,})/);
  const source = parts.map(part => {
    if (OPEN_NAMES.test(part)) return OPEN[part] ?? '';
    if (/^ {2,}$/.test(part)) return ' {2,}';
    return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')} *$`);
}

/**
 * Puts the transcript's words in the place of those that they leave open, so that both texts are equal where
 * they agree.
 * A line `…` stands for any number of lines.
 */
export function settle(actual: string, expected: string): string {
  const found = actual.replace(/\n+$/, '').split('\n');
  const wanted = expected.split('\n');
  const patterns = wanted.map(patternOf);
  const agree = (w: number, f: number) => patterns[w]?.test(found[f] ?? '') ?? false;
  // best[w][f]: how many lines at most agree, in order, from these on.
  const best = Array.from({ length: wanted.length + 1 }, () => new Array<number>(found.length + 1).fill(0));
  const at = (w: number, f: number) => best[w]?.[f] ?? 0;
  for (let w = wanted.length - 1; w >= 0; w--) {
    for (let f = found.length - 1; f >= 0; f--) {
      const row = best[w];
      if (row) row[f] = Math.max(at(w + 1, f), at(w, f + 1), agree(w, f) ? at(w + 1, f + 1) + 1 : 0);
    }
  }
  const settled: string[] = [];
  let [w, f] = [0, 0];
  while (f < found.length || wanted[w] === '…') {
    if (wanted[w] === '…') {
      const rest = at(w + 1, f);
      while (f < found.length && !(agree(w + 1, f) && at(w + 1, f) === rest && at(w + 1, f + 1) < rest)) f++;
      settled.push('…');
      w++;
    } else if (w < wanted.length && agree(w, f) && at(w, f) === at(w + 1, f + 1) + 1) {
      settled.push(wanted[w++] ?? '');
      f++;
    } else if (w < wanted.length && at(w + 1, f) === at(w, f)) w++;
    else settled.push((found[f++] ?? '').trimEnd());
  }
  return settled.join('\n');
}
