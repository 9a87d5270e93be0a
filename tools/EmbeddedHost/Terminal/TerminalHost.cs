using System.Globalization;
using System.Management.Automation.Host;

namespace EmbeddedHost.Terminal;

/// <summary>What the engine sees of this process.</summary>
internal sealed class TerminalHost(bool isInteractive) : PSHost
{
    // Without culture data this is the invariant culture under the name by which help files are found.
    private static readonly CultureInfo s_culture = CultureInfo.GetCultureInfo("en-US");

    public TerminalUserInterface Terminal { get; } = new(isInteractive);

    /// <summary>Set by <c>exit</c>: the process is to end with this code.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "EmbeddedHost";

    public override Version Version { get; } = typeof(TerminalHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => s_culture;

    public override CultureInfo CurrentUICulture => s_culture;

    public override PSHostUserInterface UI => Terminal;

    /// <summary>Lets our own commands reach the terminal behind the engine's wrapper.</summary>
    public override PSObject PrivateData => PSObject.AsPSObject(Terminal);

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() =>
        throw new PSNotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
