using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// What NICs are given to, as it comes through a pipeline: the network namespace of that name where there is one, else the
/// container of that name or id.
/// </summary>
public sealed class TargetReference
{
    /// <summary>Refers to a namespace or container by name, id or path.</summary>
    public TargetReference(string text) => Text = text;

    /// <summary>Refers to a namespace by its object.</summary>
    public TargetReference(NetworkNamespace target) => Text = target.Name;

    /// <summary>Refers to a namespace by what is left of its object in a file.</summary>
    public TargetReference(PSObject remains) => Text = ObjectRemains.ReadName(remains, nameof(NetworkNamespace.Inode));

    /// <summary>The name, id or path, or a pattern where patterns are taken.</summary>
    public string Text { get; }

    /// <summary>The name, id or path.</summary>
    public override string ToString() => Text;
}
