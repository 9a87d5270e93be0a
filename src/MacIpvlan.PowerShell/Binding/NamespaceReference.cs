using System.Management.Automation;
using MacIpvlan.Linux;

namespace MacIpvlan.PowerShell;

/// <summary>A network namespace as users specify it: by a name under /run/netns, a path, or an object.</summary>
public sealed class NamespaceReference
{
    /// <summary>Refers to a namespace by name or, if the text contains a slash, by path.</summary>
    public NamespaceReference(string text) => Text = text;

    /// <summary>Refers to a namespace by its object.</summary>
    public NamespaceReference(NetworkNamespace target) => Text = target.Name;

    /// <summary>Refers to a namespace by a deserialized object.</summary>
    public NamespaceReference(PSObject remains) => Text = ObjectRemains.ReadName(remains, nameof(NetworkNamespace.Inode));

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
