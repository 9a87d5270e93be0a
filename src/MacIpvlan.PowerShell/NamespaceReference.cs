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

    /// <summary>The name, the path, or a pattern where patterns are taken.</summary>
    public string Text { get; }

    /// <summary>The name or path.</summary>
    public override string ToString() => Text;

    /// <summary>Tells which NICs are in it: by name or path as remembered, or by what it leads to now.</summary>
    internal Func<ContainerNic, bool> Filter()
    {
        WildcardPattern pattern = new(Text);
        NamespaceIdentity? identity = TryIdentify();
        // A container may be called what a namespace is.
        return nic => (nic.Container is null && pattern.IsMatch(nic.Namespace)) || pattern.IsMatch(nic.NamespacePath)
            || (identity is not null && nic.IsIn(identity.Value));
    }

    private NamespaceIdentity? TryIdentify()
    {
        try
        {
            using NicTarget target = NicTargets.OpenNamespace(Text);
            return target.Namespace.Identity;
        }
        catch (NetworkException)
        {
            return null;
        }
    }
}
