namespace MacIpvlan.Topology;

/// <summary>The style of a page around its picture, and the search.</summary>
internal static class PageStyle
{
    /// <summary>The style sheet.</summary>
    /// <param name="width">The width of the picture, which can shrink only as far as it stays readable.</param>
    public static string Sheet(int width) => $$"""
        body{margin:0;background:#f8fafc;color:#0f172a;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 20px;padding:12px 28px;background:#f8fafc;border-bottom:1px solid #d8e0ea}
        h1{font-size:18px;margin:0}
        h2{font-size:16px;margin:0}
        header p{margin:0;color:#64748b}
        header label{margin-left:auto}
        header label[hidden]{display:none}
        input{font:inherit;padding:4px 10px;width:240px;max-width:60vw;border:1px solid #94a3b8;border-radius:8px;background:#fff;color:inherit}
        main{padding:20px 28px}
        figure{margin:0 0 28px;overflow:auto}
        figure svg{display:block;max-width:100%;height:auto;min-width:{{width * 3 / 4}}px}
        section{overflow:auto;margin-bottom:28px;scroll-margin-top:72px}
        section>div{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 20px;margin-bottom:8px}
        section p{margin:0;color:#64748b}
        section p:empty{display:none}
        a{color:#1d4ed8}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th{text-align:left;font-size:12px;color:#64748b;border-bottom:2px solid #94a3b8}
        th,td{padding:5px 14px 5px 0;vertical-align:top;white-space:nowrap}
        td{border-bottom:1px solid #d8e0ea}
        td:last-child{white-space:normal}
        tr.unwell td:last-child,p.unwell{font-weight:700;color:#c2410c}
        tr.off,section.off{display:none}
        g.off{opacity:.15}
        @media screen and (prefers-color-scheme:dark){
        body,header{background:#0b1120;color:#e2e8f0}
        header,td{border-color:#1f2d47}
        header p,section p,th{color:#94a3b8}
        a{color:#93c5fd}
        th{border-color:#475569}
        input{background:#16213a;border-color:#475569}
        tr.unwell td:last-child,p.unwell{color:#fb923c}
        }
        @page{size:landscape;margin:12mm}
        @media print{
        body,header{background:#fff}
        header{position:static;padding:0 0 8px}
        main{padding:8px 0}
        header label{display:none}
        figure{overflow:visible;break-before:page;break-after:page}
        figure svg{min-width:0;max-height:95vh;margin:auto}
        section{overflow:visible}
        th,td{white-space:normal;overflow-wrap:anywhere;font-size:12px;padding:3px 10px 3px 0}
        tr{break-inside:avoid}
        }

        """;

    /// <summary>
    /// Hides the NICs and networks in the tables, and fades the networks in the picture, that don't contain all of the words.
    /// A NIC also has the words of its network.
    /// </summary>
    public const string Script = """
        const input = document.querySelector('input');
        const all = (selector, root = document) => [...root.querySelectorAll(selector)];
        const rows = all('#overview tbody tr');
        input.parentNode.hidden = false;
        input.addEventListener('input', () => {
          const words = input.value.toLowerCase().split(/\s+/);
          const keep = (element, text) => {
            const has = words.every(w => text.toLowerCase().includes(w));
            element.classList.toggle('off', !has);
            return has;
          };
          for (const network of all('g.found')) keep(network, network.textContent);
          all('section.network').forEach((section, i) => {
            const own = rows[i].textContent + section.firstElementChild.textContent;
            const nics = all('tbody tr', section).filter(row => keep(row, own + ' ' + row.textContent));
            const has = keep(section, own) || nics.length > 0;
            section.classList.toggle('off', !has);
            rows[i].classList.toggle('off', !has);
          });
        });

        """;
}
