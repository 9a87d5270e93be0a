using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The target of a NIC in a pipeline: the network namespace with this name or, if it doesn't exist, the container with
/// this name or id.
/// </summary>
public sealed class TargetReference
{
    /// <summary>Refers to a namespace or container by name, id or path.</summary>
    public TargetReference(string text) => Text = text;

    /// <summary>Refers to a namespace by its object.</summary>
    public TargetReference(NetworkNamespace target) => Text = target.Name;

    /// <summary>Refers to a namespace by a deserialized object.</summary>
    public TargetReference(PSObject remains) => Text = ObjectRemains.ReadName(remains, nameof(NetworkNamespace.Inode));

    /// <summary>The name, id or path, or a pattern where wildcards are supported.</summary>
    public string Text { get; }

    /// <summary>The name, id or path.</summary>
    public override string ToString() => Text;
}
