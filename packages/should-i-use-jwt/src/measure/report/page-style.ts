/** Colours with enough contrast in both schemes; paper is always light. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c1f24; --soft: #59606b; --faint: #cfd4dc;
  --opaque: #0b65c2; --asking: #8a3fa6; --signed: #b2510c; --open: #767d88;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181d; --ink: #e8eaee; --soft: #a4abb6; --faint: #3a414c;
    --opaque: #6db3ff; --asking: #d39cf0; --signed: #f2a660; --open: #98a0ac;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px; }
h1 { font-size: 30px; line-height: 1.2; }
h2 { margin-top: 40px; font-size: 21px; }
.conclusions { padding-left: 20px; font-size: 18px; }
.conclusions li { margin: 6px 0; }
.where, figcaption { color: var(--soft); font-size: 14px; }
.quick { padding: 8px 12px; border: 1px solid var(--signed); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; padding: 0; list-style: none; }
.swatch { display: inline-block; width: 12px; height: 12px; margin-right: 6px; }
figure { margin: 12px 0; }
svg { max-width: 100%; height: auto; }
.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 8px; }
.many figure { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px; border-bottom: 1px solid var(--faint); text-align: right; white-space: nowrap; }
thead th { white-space: normal; vertical-align: bottom; }
th:first-child { text-align: left; }
@media print {
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8px; }
  th, td { padding: 2px 3px; }
}
`
