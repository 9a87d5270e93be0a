namespace MacIpvlan.Topology;

/// <summary>
/// The style of boxes and texts in a picture, for light and dark backgrounds, in CSS that programs other than browsers
/// can read.
/// </summary>
internal static class PictureStyle
{
    /// <summary>The style sheet.</summary>
    public const string Sheet = """
        text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:#0f172a}
        .address{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
        .heading{font-size:22px;font-weight:700}
        .trunk-name{font-size:16px;font-weight:700;fill:#fff}
        .trunk-note{font-size:12px;fill:#e2e8f0}
        .name{font-size:14px;font-weight:700}
        .nic-name{font-size:12.5px;font-weight:600}
        .note{font-size:11.5px;fill:#64748b}
        .trouble{font-size:11.5px;font-weight:700;fill:#c2410c}
        .badge-text{font-size:11px;font-weight:600;fill:#fff}
        .ground{fill:#f8fafc}
        .panel{fill:#eef2f7;stroke:#d8e0ea}
        .trunk{fill:#1e293b;stroke:#1e293b}
        .isle{fill:#64748b;stroke:#64748b}
        .link{fill:#fff;stroke:#94a3b8}
        .dummy{stroke-dasharray:2 3}
        .network{fill:#fff;stroke-width:1.5}
        .network.macvlan{fill:#f0f7ff;stroke:#3b82f6}
        .network.ipvlan{fill:#f0fdf7;stroke:#10a37a}
        .badge.macvlan{fill:#1d4ed8}
        .badge.ipvlan{fill:#047857}
        .nic{fill:#fff;stroke:#cbd5e1}
        .row{fill:#fff;stroke:none}
        .head{fill:none}
        .own{fill:#fef9e7;stroke:#d9a514}
        .unwell,.network.unwell{stroke:#ea580c;stroke-width:2;stroke-dasharray:6 3}
        .row.unwell{fill:#ffedd5;stroke:none}
        .trunk.unwell{fill:#431407}
        .trunk.unwell~.trouble{fill:#fdba74}
        .meter{fill:#dbe3ec}
        .fill{fill:#64748b}
        .sample{fill:none}
        .wire{fill:none;stroke:#64748b;stroke-width:2}
        @media screen and (prefers-color-scheme:dark){
        text{fill:#e2e8f0}
        .trunk-name{fill:#f8fafc}
        .trunk-note{fill:#cbd5e1}
        .note{fill:#94a3b8}
        .trouble{fill:#fb923c}
        .badge-text{fill:#fff}
        .ground{fill:#0b1120}
        .panel{fill:#111a2e;stroke:#1f2d47}
        .trunk{fill:#334155;stroke:#475569}
        .isle{fill:#1e293b;stroke:#334155}
        .link{fill:#16213a;stroke:#475569}
        .network.macvlan{fill:#10233f;stroke:#3b82f6}
        .network.ipvlan{fill:#0c2a24;stroke:#10b981}
        .nic{fill:#1a2740;stroke:#3b4a63}
        .row{fill:#1a2740}
        .own{fill:#33290b;stroke:#d9a514}
        .unwell,.network.unwell{stroke:#fb923c}
        .row.unwell{fill:#42210f}
        .trunk.unwell{fill:#431407}
        .meter{fill:#2b3a55}
        .fill{fill:#94a3b8}
        .wire{stroke:#64748b}
        }

        """;
}
