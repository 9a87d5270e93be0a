using System.Globalization;
using System.Text;
using System.Xml;

namespace MacIpvlan.Topology;

/// <summary>Writes the elements of pictures and pages.</summary>
internal static class DrawingXml
{
    // Each element starts on a new line, except among text.
    private static readonly XmlWriterSettings s_lines = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        IndentChars = "",
        NewLineChars = "\n",
    };

    /// <summary>Returns the text of one element with its content.</summary>
    public static string Write(Action<XmlWriter> write)
    {
        StringBuilder text = new();
        using (XmlWriter xml = XmlWriter.Create(text, s_lines)) write(xml);
        return text.Append('\n').ToString();
    }

    extension(XmlWriter xml)
    {
        /// <summary>Starts an element with attributes; the values are numbers or the module's own words.</summary>
        public void Start(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
        {
            xml.WriteStartElement(name);
            foreach ((string attribute, object value) in attributes)
            {
                xml.WriteAttributeString(attribute, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        /// <summary>Writes an element that has no content.</summary>
        public void Empty(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
        {
            xml.Start(name, attributes);
            xml.WriteEndElement();
        }

        /// <summary>Writes a text, in which characters that XML doesn't allow are replaced.</summary>
        public void Text(string text) => xml.WriteString(string.Join('\n', text.Split('\n').Select(PrintableText.Clean)));

        /// <summary>Writes an element with a text.</summary>
        public void Text(string name, string text, params ReadOnlySpan<(string Name, object Value)> attributes)
        {
            xml.Start(name, attributes);
            xml.Text(text);
            // In HTML, <p/> would start a paragraph that doesn't end here.
            xml.WriteFullEndElement();
        }
    }
}
