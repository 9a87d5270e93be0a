using System.Management.Automation;
using MacIpvlan.Linux;

namespace MacIpvlan.PowerShell;

/// <summary>A network namespace as users give it: a name under /run/netns, a path, or an object.</summary>
public sealed class NamespaceReference
{
    /// <summary>Refers to a namespace by name or, if it has a slash, by path.</summary>
    public NamespaceReference(string text) => Text = text;

    /// <summary>Refers to a namespace by its object.</summary>
    public NamespaceReference(NetworkNamespace target) => Text = target.Name;

    /// <summary>Refers to a namespace by what is left of its object in a file.</summary>
    public NamespaceReference(PSObject remains) => Text = ObjectRemains.ReadName(remains, nameof(NetworkNamespace.Inode));

    /// <summary>The name, the path, or a pattern where patterns are taken.</summary>
    public string Text { get; }

    /// <summary>The name or path.</summary>
    public override string ToString() => Text;

    /// <summary>Tells which NICs are in it: by name or path as remembered, or by what it leads to now.</summary>
    internal Func<ContainerNic, bool> Filter(IReadOnlyList<ContainerNic> all)
    {
        NamespaceIdentity? identity = TryIdentify();
        // A container may be called what a namespace is. A namespace that is there is meant, even if no NIC is in it.
        NamePattern pattern = new(Text, isExact: identity is not null
            || all.Any(n => (n.Container is null && n.Namespace == Text) || n.NamespacePath == Text));
        return nic => (nic.Container is null && pattern.Matches(nic.Namespace)) || pattern.Matches(nic.NamespacePath)
            || (identity is not null && nic.IsIn(identity.Value));
    }

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
