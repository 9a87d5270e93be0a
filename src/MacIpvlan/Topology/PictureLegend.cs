namespace MacIpvlan.Topology;

/// <summary>Lays out the legend: a sample of each kind of box, with its meaning.</summary>
internal static class PictureLegend
{
    private const int SampleWidth = 26;
    private const int SampleHeight = 16;
    private const int Gap = 8;
    private const int RowHeight = 26;

    private static readonly (string Class, string Meaning)[] s_samples =
    [
        ("trunk", "host link"),
        ("link", "sub-interface"),
        ("network macvlan", "macvlan network"),
        ("network ipvlan", "ipvlan network"),
        ("nic", "container NIC"),
        ("nic own", "host access"),
        ("nic unwell", "⚠ problem"),
    ];

    /// <summary>Returns the boxes of the legend, in as many rows as needed.</summary>
    public static IEnumerable<Box> Place(int left, int y, int right)
    {
        int x = left;
        foreach ((string look, string meaning) in s_samples)
        {
            int width = SampleWidth + Gap + (int)Math.Ceiling(Font.Note.Measure(meaning));
            if (x > left && x + width > right) (x, y) = (left, y + RowHeight);
            yield return new("sample", x, y, width, SampleHeight)
            {
                Boxes = [new(look, x, y, SampleWidth, SampleHeight)],
                Texts = [new(Font.Note, x + SampleWidth + Gap, y + 12, meaning)],
            };
            x += width + (2 * Gap);
        }
    }
}
