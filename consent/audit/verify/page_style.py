"""How the page looks, on a screen and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #16202b; --muted: #5a6672; --line: #d9dfe5; --paper: #fff; --ground: #f3f5f7;
  --good: #12684a; --bad: #a3161f; --open: #7a5a00; --good-ground: #e4f3ec; --bad-ground: #fbe7e8; --open-ground: #fbf1d5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf1; --muted: #a2adb8; --line: #333d47; --paper: #171d23;
  --ground: #0f1418; --good: #7fd6b0; --bad: #ff9ba1; --open: #ecc75a; --good-ground: #10301f; --bad-ground: #3b1518;
  --open-ground: #332a0b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.6;
  font-family: system-ui, -apple-system, "Hiragino Sans", "Noto Sans JP", "Yu Gothic UI", Meiryo, sans-serif; font-size: 15px; }
:lang(ja) { line-break: strict; word-break: auto-phrase; } .whole { white-space: nowrap; }
main { max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem 3rem; }
.verdict { border-radius: 12px; padding: 1.5rem 1.75rem; border: 1px solid currentColor; }
.verdict.holds { color: var(--good); background: var(--good-ground); }
.verdict.fails { color: var(--bad); background: var(--bad-ground); }
.verdict.not_checked { color: var(--open); background: var(--open-ground); }
.verdict h1 { margin: .15rem 0; font-size: 1.55rem; line-height: 1.35; text-wrap: balance; }
.verdict p { margin: 0; } .of { font-size: .85rem; letter-spacing: .04em; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 1.5rem 0; }
.facts dt { color: var(--muted); font-size: .8rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.note { color: var(--open); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem;
  margin-top: 1.25rem; overflow-x: auto; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; } h3 { font-size: 1rem; margin: 1rem 0 0; } h3 small { color: var(--muted);
  font-weight: normal; } h4 { margin: 0 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--muted); font-size: .8rem; font-weight: normal; white-space: nowrap; }
caption { text-align: left; color: var(--muted); font-size: .8rem; padding-top: .75rem; }
tbody th { font-weight: 600; text-wrap: pretty; }
.checks td:last-child { overflow-wrap: anywhere; color: var(--muted); } .checks th:first-child { width: 18rem; }
.checks th:nth-child(2) { width: 8rem; }
.chip { display: inline-block; border-radius: 99px; padding: 0 .7rem; font-size: .85rem; white-space: nowrap; }
.holds .chip { color: var(--good); background: var(--good-ground); }
.fails .chip { color: var(--bad); background: var(--bad-ground); font-weight: 700; }
.not_checked .chip { color: var(--open); background: var(--open-ground); }
.checks .fails td:last-child { color: var(--bad); } .place { white-space: nowrap; border: 1px solid currentColor;
  border-radius: 4px; padding: 0 .35rem; font-size: .8rem; }
.days td, .days thead th { text-align: right; } .days th:first-child, .days td.bar { text-align: left; white-space: nowrap; }
.days td.bar { width: 30%; min-width: 9rem; padding-right: 0; }
.days thead i { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .35rem; }
.bar i { display: inline-block; height: .8rem; vertical-align: middle; }
.accept_all { background: #2f7d5d; } .custom { background: #7aa6c9; } .reject_all { background: #b8604d; }
.withdraw { background: #d9a441; } .gpc { background: #8a7bb5; }
tfoot th, tfoot td { font-weight: 700; }
.records, .recipients { font-size: .85rem; } .records td:first-child { color: var(--muted); }
blockquote { margin: .75rem 0; padding: .9rem 1.1rem; border-left: 4px solid var(--line); background: var(--ground); }
blockquote p { margin: .25rem 0; } .button { display: inline-block; border: 1px solid var(--muted); border-radius: 6px;
  padding: .1rem .8rem; margin: .25rem .4rem 0 0; }
.hash { color: var(--muted); font-size: .8rem; margin: 0; overflow-wrap: anywhere; }
@media screen and (max-width: 44rem) { main { margin-top: 1rem; padding: 0 .75rem 2rem; } section { padding: 1rem; }
  .checks thead { display: none; } .checks tr { display: block; border-top: 1px solid var(--line); padding: .6rem 0; }
  .checks tbody th, .checks td { display: block; width: auto; border: 0; padding: .1rem 0; }
  .days, .records, .recipients { min-width: 42rem; } }
@media print { :root { color-scheme: light; --ground: #fff; } body { font-size: 10pt; } main { margin: 0; max-width: none; }
  section, .verdict { break-inside: auto; border-radius: 0; } tr, blockquote { break-inside: avoid; }
  section { overflow: visible; } h2, caption { break-after: avoid; } .days td.bar { min-width: 5rem; }
  th, td { padding-right: .5rem; } .checks th:first-child { width: 12rem; } .checks th:nth-child(2) { width: 6rem; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  .chip, .bar i { print-color-adjust: exact; } @page { margin: 18mm; } }
"""
