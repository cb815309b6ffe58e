"""The table and the charts of ../performance.md."""


def table(medians):
    lines = ["| work | figure | stock etcd 3.7.1 | this server | ratio |", "|---|---|---|---|---|"]
    for work, figures in medians.items():
        for figure, v in figures.items():
            lines.append(f"| {work} | {figure} | {v['stock']:g} | {v['ours']:g} | {v['ratio']} |")
    return "\n".join(lines) + "\n"


def chart(title, unit, rows, path):
    """A bar chart as SVG: for each row a pair of bars, stock etcd above, this server below."""
    width, left, bar, gap = 720, 200, 16, 16
    top = 44
    height = top + len(rows) * (2 * bar + gap) + 8
    scale = (width - left - 90) / max(max(stock, ours) for _, stock, ours in rows)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
           f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>',
           f'<text x="8" y="18" font-size="14" font-weight="bold">{title} ({unit})</text>',
           f'<rect x="{left}" y="26" width="10" height="10" fill="#9aa5b1"/><text x="{left + 14}" y="35">stock etcd 3.7.1</text>'
           f'<rect x="{left + 130}" y="26" width="10" height="10" fill="#1f6feb"/><text x="{left + 144}" y="35">this server</text>']
    y = top
    for name, stock, ours in rows:
        out.append(f'<text x="{left - 8}" y="{y + bar + 4}" text-anchor="end">{name}</text>')
        for value, colour in ((stock, "#9aa5b1"), (ours, "#1f6feb")):
            length = max(1, value * scale)
            out.append(f'<rect x="{left}" y="{y}" width="{length:.0f}" height="{bar - 2}" fill="{colour}"/>'
                       f'<text x="{left + length + 4:.0f}" y="{y + 11}">{value:,.4g}</text>')
            y += bar
        y += gap
    out.append("</svg>")
    path.write_text("\n".join(out) + "\n")


def draw(medians, out):
    def rows(figure, watches):
        return [(work, f[figure]["stock"], f[figure]["ours"]) for work, f in medians.items()
                if figure in f and "average_ms" in f and work.startswith("watch") == watches]

    for figure, title, unit in (("per_second", "Throughput", "requests a second, more is better"),
                                ("cpu_us", "Server CPU", "microseconds a request, less is better"),
                                ("p99_ms", "99th percentile of latency", "ms, less is better")):
        if rows(figure, False):
            chart(title, unit, rows(figure, False), out / f"{figure}.svg")
    if rows("per_second", True):
        chart("Watches", "events or reads a second, more is better", rows("per_second", True), out / "watches.svg")
