namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = ByPath)]
public sealed class TestPathCommand : ItemCommand
{
    public enum ItemKind
    {
        Any,
        Container,
        Leaf,
    }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ByPath,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public override string[] Path { get; set; } = [];

    [Parameter, Alias("Type")] public ItemKind PathType { get; set; }

    protected override void ProcessPath(string path) => WriteObject(Exists(path));

    private bool Exists(string path)
    {
        string actual = IsLiteral ? WildcardPattern.Escape(path) : path;
        try
        {
            if (string.IsNullOrWhiteSpace(path) || !InvokeProvider.Item.Exists(actual, force: true, literalPath: false))
                return false;
            bool wantsContainer = PathType == ItemKind.Container;
            return PathType == ItemKind.Any || InvokeProvider.Item.IsContainer(actual) == wantsContainer;
        }
        catch (SessionStateException)
        {
            // No such drive.
            return false;
        }
    }
}
