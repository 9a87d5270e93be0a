namespace Microsoft.PowerShell.Commands;

/// <summary>Resolve-Path and Convert-Path: the full path, the latter as the system knows it.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = ByPath)]
public sealed class ResolvePathCommand : ItemCommand
{
    [Parameter] public SwitchParameter Relative { get; set; }

    protected override void ProcessPath(string path)
    {
        string pattern = IsLiteral ? WildcardPattern.Escape(path) : path;
        foreach (PathInfo resolved in SessionState.Path.GetResolvedPSPathFromPSPath(pattern))
        {
            if (Relative)
                WriteObject(System.IO.Path.Join(".", SessionState.Path.NormalizeRelativePath(resolved.Path, "")));
            else
                WriteObject(MyInvocation.MyCommand.Name is "Convert-Path" ? resolved.ProviderPath : resolved);
        }
    }
}
