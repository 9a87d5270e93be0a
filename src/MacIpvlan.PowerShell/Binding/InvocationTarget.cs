using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Where a command runs: a network namespace or a container, as users specify them, or that of a NIC.</summary>
public sealed class InvocationTarget
{
    private readonly NicReference? _nic;
    private readonly string _text;

    /// <summary>The network namespace with a name or path or, if it doesn't exist, the container with the name or id.</summary>
    public InvocationTarget(string text) => _text = text;

    /// <summary>A namespace.</summary>
    public InvocationTarget(NetworkNamespace target) => _text = target.Name;

    /// <summary>The namespace that a NIC is in.</summary>
    public InvocationTarget(ContainerNic nic) : this(new NicReference(nic))
    {
    }

    /// <summary>A namespace, or the one that a NIC is in, by a deserialized object.</summary>
    /// <exception cref="FormatException">The object is neither.</exception>
    public InvocationTarget(PSObject remains)
    {
        if (NetworkReference.BelongsToNetwork(remains)) _nic = new(remains);
        _text = _nic?.ToString() ?? ObjectRemains.ReadName(remains, nameof(NetworkNamespace.Inode));
    }

    private InvocationTarget(NicReference nic) => (_nic, _text) = (nic, nic.ToString());

    /// <summary>The target as specified.</summary>
    public override string ToString() => _text;

    /// <summary>Opens the namespace.</summary>
    internal NicTarget Open(NicTargetFinder targets) => _nic?.Open(targets) ?? targets.Open(_text);
}
