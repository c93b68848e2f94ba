/** The page's style sheet: light and dark, narrow and wide, without any resource from elsewhere. */

export const STYLE = `
:root { color-scheme: light dark; --bg: #ffffff; --fg: #1b1f24; --muted: #59636e; --line: #d1d9e0; --card: #f6f8fa;
  --good: #1a7f37; --bad: #cf222e; --unsure: #9a6700; --link: #0969da; --local: #57606a; --control: #8250df; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --fg: #e6edf3; --muted: #9198a1; --line: #3d444d; --card: #151b23;
  --good: #3fb950; --bad: #f85149; --unsure: #d29922; --link: #4493f8; --local: #9198a1; --control: #ab7df8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.5rem; } h3 { margin-top: 1.5rem; }
.passed, .done { color: var(--good); } .failed { color: var(--bad); } .unknown, .interrupted { color: var(--unsure); }
.skipped, .omitted, .not-reached, .muted { color: var(--muted); }
.outcome { font-weight: 600; white-space: nowrap; }
.notice { border: 1px solid var(--line); border-left: 4px solid var(--unsure); background: var(--card); padding: .6rem .9rem; border-radius: .3rem; }
.notice > p { margin: .2rem 0; } .notice pre { margin: .3rem 0; }
.notice.failed { border-left-color: var(--bad); color: inherit; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; } .whole { white-space: nowrap; } a { color: var(--link); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { cursor: pointer; } details { margin: .2rem 0; } details[open] { margin-bottom: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
.sequence { overflow-wrap: anywhere; letter-spacing: .05em; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--fg); font: 12px system-ui, sans-serif; }
svg.definitions { position: absolute; width: 0; height: 0; min-width: 0; }
svg .network { fill: none; stroke: var(--line); stroke-dasharray: 6 4; } svg .cluster { fill: var(--card); stroke: var(--line); }
svg .part { fill: var(--bg); stroke: var(--muted); } svg .bad { stroke: var(--bad); } svg .small { font-size: 11px; fill: var(--muted); }
svg .name { font-weight: 600; } svg .remote { fill: none; stroke: var(--link); } svg .local { fill: none; stroke: var(--local); }
svg .control { fill: none; stroke: var(--control); stroke-dasharray: 4 3; } svg .share { paint-order: stroke; stroke: var(--bg); stroke-width: 3px; stroke-linejoin: round; font-weight: 600; }
svg .over { stroke-width: 9px; }
@media (max-width: 40rem) { body { font-size: 14px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } svg:not(.definitions) { min-width: 34rem; } }
@media print { details { break-inside: avoid; } }
`;
