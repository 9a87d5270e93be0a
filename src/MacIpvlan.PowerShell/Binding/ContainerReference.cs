namespace MacIpvlan.PowerShell;

/// <summary>A container as users specify it: by its name, its id, or the beginning of its id.</summary>
public sealed class ContainerReference
{
    /// <summary>Refers to a container by name or id.</summary>
    public ContainerReference(string text) => Text = text;

    /// <summary>The name or id.</summary>
    public string Text { get; }

    /// <summary>The name or id.</summary>
    public override string ToString() => Text;
}
