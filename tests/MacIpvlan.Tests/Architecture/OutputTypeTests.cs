using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>What cmdlets write, held against MacIpvlan.types.ps1xml and the rules for values in JSON.</summary>
public sealed class OutputTypeTests
{
    private static readonly Dictionary<string, XElement> s_entries = XDocument.Load(Path.Combine(SourceTree.Root, "MacIpvlan.types.ps1xml"))
        .Root!.Elements("Type").ToDictionary(static t => t.Element("Name")!.Value);

    // The types that cmdlets declare, and what is in their properties.
    private static readonly Type[] s_written = [.. typeof(NetworkCommand).Assembly.GetTypes()
        .SelectMany(static t => t.GetCustomAttributes<OutputTypeAttribute>(false)).SelectMany(static o => o.Type).Select(static t => t.Type)
        .SelectMany(WithParts).Where(static t => t.Assembly == typeof(ContainerNic).Assembly).Distinct()];

    public static TheoryData<string> Objects => [.. s_written.Where(static t => !t.IsEnum && t != typeof(AddressText)).Select(static t => t.FullName!)];

    public static TheoryData<string> Values => [.. s_written.Where(static t => t.IsEnum).Append(typeof(AddressText)).Select(static t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Objects))]
    public void Object_HasItsPropertiesInTheTypesFile(string name)
    {
        Type type = typeof(ContainerNic).Assembly.GetType(name)!;
        XElement entry = Ancestry(type).Select(static t => s_entries.GetValueOrDefault(t.FullName!)).OfType<XElement>().FirstOrDefault()
            ?? throw new InvalidOperationException($"MacIpvlan.types.ps1xml has no entry for {name}.");
        string[] properties = [.. entry.Descendants("ReferencedProperties").Elements("Name").Select(static n => n.Value)];

        Assert.Contains("DefaultDisplayPropertySet", entry.Descendants("PropertySet").Select(static s => s.Element("Name")!.Value));
        Assert.All(properties, p => Assert.NotNull(type.GetProperty(p)));
    }

    // The cells of tables are hidden properties, which would otherwise be copied too.
    [Theory]
    [InlineData("MacIpvlan.ContainerNic")]
    [InlineData("Deserialized.MacIpvlan.ContainerNic")]
    public void Copy_HasThePropertiesOfTheClassAndNoCells(string entry)
    {
        XElement[] members = [.. s_entries[entry].Descendants("PropertySet").Where(static s => s.Element("Name")!.Value == "PropertySerializationSet")];

        Assert.Equal(
            typeof(ContainerNic).GetProperties().Select(static p => p.Name),
            members.Single().Descendants("ReferencedProperties").Elements("Name").Select(static n => n.Value));
        Assert.Contains("SpecificProperties", s_entries[entry].Descendants("NoteProperty").Elements("Value").Select(static v => v.Value));
        Assert.All(s_entries[entry].Descendants("CodeProperty"), static c => Assert.Equal("true", c.Attribute("IsHidden")!.Value));
    }

    // ConvertTo-Json writes other enumerations as numbers.
    [Theory]
    [MemberData(nameof(Values))]
    public void Value_IsTextInJsonAndInCopies(string name)
    {
        Type type = typeof(ContainerNic).Assembly.GetType(name)!;

        if (type.IsEnum) Assert.Equal(typeof(long), type.GetEnumUnderlyingType());
        Assert.True(s_entries.ContainsKey(name), $"MacIpvlan.types.ps1xml has no entry for {name}.");
        Assert.Equal("String", s_entries[name].Descendants("NoteProperty").Single().Element("Value")!.Value);
    }

    // So that scripts need to know only one.
    [Fact]
    public void Types_AreInOneNamespace() => Assert.All(s_written, static t => Assert.Equal("MacIpvlan", t.Namespace));

    [Fact]
    public void TypesFile_HasNothingElse() => Assert.Empty(s_entries.Keys.Select(static k => k.Replace("Deserialized.", "", StringComparison.Ordinal))
        .Except(s_written.SelectMany(Ancestry).Select(static t => t.FullName!)));

    private static IEnumerable<Type> WithParts(Type type)
    {
        if (type.Assembly != typeof(ContainerNic).Assembly) return [];
        if (type.IsEnum || type == typeof(AddressText)) return [type];
        return type.GetProperties().Select(static p => Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType)
            .SelectMany(static t => t.IsGenericType ? t.GetGenericArguments() : [t])
            .Where(t => t != type).SelectMany(WithParts).Append(type);
    }

    private static IEnumerable<Type> Ancestry(Type type) => type.BaseType is Type above ? Ancestry(above).Prepend(type) : [type];
}
