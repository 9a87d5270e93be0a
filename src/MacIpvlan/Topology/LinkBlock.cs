namespace MacIpvlan.Topology;

/// <summary>A sub-interface or a dummy link, with the networks and sub-interfaces on it.</summary>
internal sealed class LinkBlock(LinkHead head, IReadOnlyList<Block> blocks) : Block
{
    private readonly BlockRows _rows = new(blocks, BlockRows.Rail);

    /// <inheritdoc/>
    public override bool IsNarrow => _rows.IsNarrow;

    /// <inheritdoc/>
    public override int Width => _rows.Width + BlockRows.Gap;

    /// <inheritdoc/>
    public override int MinWidth => _rows.MinWidth + BlockRows.Gap;

    private protected override Tile LayOut(int width)
    {
        BlockRows.Rows rows = _rows.Lay(width - BlockRows.Gap);
        int own = IsNarrow ? width : rows.Width + BlockRows.Gap;
        int height = head.Height + (rows.Height > 0 ? rows.Height + BlockRows.Gap : 0);
        return new(own, height, (x, y) => head.Place(x, y, own) with
        {
            Height = height,
            Boxes = rows.Place(x, y + head.Height),
            Wires = rows.PlaceWires(x, y + head.Height, y + head.Height),
        });
    }
}
