namespace MacIpvlan.Topology;

/// <summary>A host link as a trunk across its panel, with the networks and sub-interfaces on it below.</summary>
internal sealed class PanelBlock(LinkHead head, IReadOnlyList<Block> blocks) : Block
{
    private const int Gap = BlockRows.Gap;
    private readonly BlockRows _rows = new(blocks, BlockRows.Rail);

    /// <inheritdoc/>
    public override bool IsNarrow => _rows.IsNarrow;

    /// <inheritdoc/>
    public override int Width => _rows.Width + (2 * Gap);

    /// <inheritdoc/>
    public override int MinWidth => _rows.MinWidth + (2 * Gap);

    private protected override Tile LayOut(int width)
    {
        BlockRows.Rows rows = _rows.Lay(width - (2 * Gap));
        int own = IsNarrow ? width : rows.Width + (2 * Gap);
        int height = head.Height + Gap + rows.Height + Gap;
        return new(own, height, (x, y) => new("panel", x, y, own, height)
        {
            Boxes = [head.Place(x, y, own), .. rows.Place(x + Gap, y + head.Height + Gap)],
            Wires = rows.PlaceWires(x + Gap, y + head.Height + Gap, y + head.Height),
        });
    }
}
