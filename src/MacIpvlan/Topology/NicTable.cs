namespace MacIpvlan.Topology;

/// <summary>
/// Lays out the NICs of a network as rows. A very long table continues in further columns. If there isn't enough room, MAC
/// addresses are omitted first, then the other networks of each NIC, and then long names are shortened.
/// </summary>
internal sealed class NicTable
{
    private const int Gap = 12;
    private const int Pad = 8;
    private const int HeadHeight = 20;
    private const int LineHeight = 16;
    private const int RowPad = 5;
    private const int RowGap = 2;
    private const int ComfortableWidth = 640;
    // A column of a table is about so much higher than wide.
    private const double ColumnShape = 1.2;
    private const int MaxColumns = 16;

    private readonly IReadOnlyList<NicCard> _nics;
    private readonly Field[] _fields;

    public NicTable(IReadOnlyList<NicCard> nics)
    {
        _nics = nics;
        Field[] all =
        [
            Measure("Container", Font.Nic, 72, 200, static n => [n.Owner]),
            Measure("Interface", Font.Note, 60, 110, static n => [n.Interface]),
            Measure("Address", Font.Address, int.MaxValue, int.MaxValue, static n => n.Addresses),
            Measure("MAC address", Font.Note, int.MaxValue, int.MaxValue, static n => [n.MacAddress]),
            Measure("Received", Font.Note, int.MaxValue, int.MaxValue, static n => [n.Received]),
            Measure("Sent", Font.Note, int.MaxValue, int.MaxValue, static n => [n.Sent]),
            Measure("Also on", Font.Note, 60, 140, static n => [n.Neighbors]),
            Measure("State", Font.Trouble, int.MaxValue, 200, static n => [n.StateText]),
        ];
        _fields = [.. all.Where(static f => f.Width > 0)];
        Width = WidthOf(FieldsFor(ComfortableWidth));
        MinWidth = FieldsFor(0).Sum(static f => f.MinWidth + Gap) - Gap + (2 * Pad);
        double height = nics.Sum(HeightOf);
        Columns = Math.Clamp((int)Math.Round(Math.Sqrt(height / Width / ColumnShape)), 1, MaxColumns);
    }

    /// <summary>The number of columns that look best.</summary>
    public int Columns { get; }

    /// <summary>The width of a column at which nothing is shortened.</summary>
    public int Width { get; }

    /// <summary>The smallest width of a column, in which addresses and states are still complete.</summary>
    public int MinWidth { get; }

    /// <summary>The width of the table in a given width: at most as wide, if one column fits.</summary>
    public int Fit(int width)
    {
        int columns = Math.Clamp((width + Gap) / (Width + Gap), 1, Columns);
        return columns == 1 ? Math.Clamp(width, MinWidth, Width) : (columns * (Width + Gap)) - Gap;
    }

    /// <summary>The boxes of the rows and of their heads.</summary>
    public IEnumerable<Box> Place(int x, int y, int width)
    {
        int columns = Math.Clamp((width + Gap) / (Width + Gap), 1, Columns);
        int each = ((width + Gap) / columns) - Gap;
        (Field Field, int Width)[] fields = Share(each);
        int next = 0;
        foreach (int count in ColumnBreaks.Find([.. _nics.Select(HeightOf)], columns))
        {
            yield return PlaceHead(fields, x, y, each);
            int top = y + HeadHeight;
            for (int last = next + count; next < last; next++)
            {
                Box row = PlaceRow(_nics[next], fields, x, top, each);
                yield return row;
                top = row.Bottom + RowGap;
            }

            x += each + Gap;
        }
    }

    private static int HeightOf(NicCard nic) => (Math.Max(nic.Addresses.Count, 1) * LineHeight) + RowPad + RowGap;

    private static int WidthOf(IEnumerable<Field> fields) => fields.Sum(static f => f.Width + Gap) - Gap + (2 * Pad);

    private static Box PlaceHead((Field Field, int Width)[] fields, int x, int y, int width)
    {
        List<BoxText> texts = [];
        int left = x + Pad;
        foreach ((Field field, int own) in fields)
        {
            texts.Add(new(Font.Note, left, y + 14, Font.Note.Fit(field.Title, own)));
            left += own + Gap;
        }

        return new("head", x, y, width, HeadHeight - RowGap) { Texts = texts };
    }

    private static Box PlaceRow(NicCard nic, (Field Field, int Width)[] fields, int x, int y, int width)
    {
        List<BoxText> texts = [];
        int left = x + Pad;
        foreach ((Field field, int own) in fields)
        {
            int line = y;
            Font font = field.Font == Font.Trouble && nic.Trouble.Length == 0 ? Font.Note : field.Font;
            foreach (string text in field.Read(nic)) texts.Add(new(font, left, (line += LineHeight) - 1, font.Fit(text, own)));
            left += own + Gap;
        }

        return new(nic.ClassOf("row"), x, y, width, HeightOf(nic) - RowGap)
        {
            Tip = nic.Tip,
            Texts = [.. texts.Where(static t => t.Text.Length > 0)],
        };
    }

    // What is omitted for a width.
    private Field[] FieldsFor(int width)
    {
        Field[] withoutMac = [.. _fields.Where(static f => f.Title != "MAC address")];
        return WidthOf(_fields) <= width ? _fields
            : WidthOf(withoutMac) <= width ? withoutMac
            : [.. withoutMac.Where(static f => f.Title != "Also on")];
    }

    private (Field Field, int Width)[] Share(int width)
    {
        Field[] fields = FieldsFor(width);
        int excess = WidthOf(fields) - width;
        if (excess <= 0) return [.. fields.Select(f => (f, f.Width - (excess / fields.Length)))];
        (Field Field, int Width)[] shared = new (Field, int)[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            int cut = Math.Min(excess, fields[i].Width - fields[i].MinWidth);
            shared[i] = (fields[i], fields[i].Width - cut);
            excess -= cut;
        }

        return shared;
    }

    private Field Measure(string title, Font font, int least, int most, Func<NicCard, IReadOnlyList<string>> read)
    {
        double widest = _nics.SelectMany(read).Select(font.Measure).DefaultIfEmpty().Max();
        // A field that no NIC has is no column.
        if (widest == 0) return new(title, font, 0, 0, read);
        int width = (int)Math.Ceiling(Math.Min(Math.Max(widest, Font.Note.Measure(title)), most));
        return new(title, font, width, Math.Min(width, least), read);
    }

    private sealed record Field(string Title, Font Font, int Width, int MinWidth, Func<NicCard, IReadOnlyList<string>> Read);
}
