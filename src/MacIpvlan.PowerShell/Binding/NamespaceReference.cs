using System.ComponentModel;
using System.Management.Automation;
using MacIpvlan.Linux;

namespace MacIpvlan.PowerShell;

/// <summary>
/// A network namespace as users specify it: by a name under /run/netns, a path, an object, or a NIC in it.
/// </summary>
[TypeConverter(typeof(MemberConverter))]
public sealed class NamespaceReference
{
    /// <summary>Refers to a namespace by name or, if the text contains a slash, by path.</summary>
    public NamespaceReference(string text) => Text = text;

    /// <summary>Refers to a namespace by its object.</summary>
    public NamespaceReference(NetworkNamespace target) => Text = target.Name;

    /// <summary>Refers to a namespace by a NIC in it, or by a deserialized object.</summary>
    /// <exception cref="FormatException">The object is neither, or the NIC is in a container.</exception>
    public NamespaceReference(PSObject item) => Text = item.Properties[nameof(ContainerNic.InterfaceName)] is null
        ? ObjectRemains.ReadName(item, nameof(NetworkNamespace.Inode))
        : ReadNamespace(item);

    /// <summary>The name or the path, or a pattern where wildcards are supported.</summary>
    public string Text { get; }

    /// <summary>The name or path.</summary>
    public override string ToString() => Text;

    /// <summary>
    /// Selects the NICs in the namespace: by the recorded name or path, or by what the name or path refers to now.
    /// </summary>
    internal Func<ContainerNic, bool> Filter(IReadOnlyList<ContainerNic> all)
    {
        NamespaceIdentity? identity = TryIdentify();
        // A container can have the same name as a namespace. An existing namespace takes precedence, even without NICs.
        NamePattern pattern = new(Text, isExact: identity is not null
            || all.Any(n => (n.Container is null && n.Namespace == Text) || n.NamespacePath == Text));
        return nic => (nic.Container is null && pattern.Matches(nic.Namespace)) || pattern.Matches(nic.NamespacePath)
            || (identity is not null && nic.IsIn(identity));
    }

    /// <summary>The texts of references; null if there are no references.</summary>
    internal static string[]? NamesOf(NamespaceReference[]? references) =>
        references is null ? null : [.. references.Select(static r => r?.Text ?? "")];

    // A container can have the same name as a namespace that isn't its own.
    private static string ReadNamespace(PSObject nic) =>
        ObjectRemains.Read(nic, nameof(ContainerNic.Namespace)) is string name && ObjectRemains.Read(nic, nameof(ContainerNic.Container)) is null
            ? name
            : throw new FormatException("The object isn't a NIC in a network namespace with a name.");

    private NamespaceIdentity? TryIdentify()
    {
        try
        {
            using NicTarget target = NicTargetFinder.OpenNamespace(Text);
            return target.Namespace.Identity;
        }
        catch (NetworkException)
        {
            return null;
        }
    }
}
