using System.Collections;
using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Runs a script block or a program in network namespaces, on a thread of its own.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NetworkNamespace", SupportsShouldProcess = true, DefaultParameterSetName = ByScript)]
[OutputType(typeof(object))]
public sealed class InvokeNetworkNamespaceCommand : NetworkCommand
{
    private const string ByScript = "ScriptBlock";
    private const string ByFile = "FilePath";
    private const string ExitCode = "global:LASTEXITCODE";

    // A function, an alias or a script of that name isn't meant.
    private const string RunFile =
        "param($file, $arguments) & (Get-Command -Name $file -CommandType Application -TotalCount 1 -ErrorAction Stop) @arguments";

    // They decide what a runspace writes at all. Whether it's shown is decided where it's written again.
    private static readonly string[] s_preferences =
        ["VerbosePreference", "DebugPreference", "ProgressPreference", "PSNativeCommandUseErrorActionPreference", "PSNativeCommandArgumentPassing"];

    private NicTargetFinder? _targets;

    /// <summary>The script block.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByScript)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>The program: its name in PATH, or its path.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByFile)]
    [ValidateNotNullOrEmpty]
    public string FilePath { get; set; } = "";

    /// <summary>Network namespaces and containers, by name, path, id or object, or NICs in them.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(TargetCompleter))]
    public InvocationTarget[] Target { get; set; } = [];

    /// <summary>The arguments of the script block or the program.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public object?[] ArgumentList { get; set; } = [];

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => false;

    private protected override void Process()
    {
        _targets ??= new NicTargetFinder(Session);
        foreach (InvocationTarget target in Target) Guard(target, () => Run(target));
    }

    private void Run(InvocationTarget target)
    {
        using NicTarget opened = target.Open(_targets!);
        if (!ShouldProcess(opened.Namespace.Name, ParameterSetName == ByFile ? $"Run {FilePath}" : $"Run {{{ScriptBlock}}}")) return;
        using NamespaceScript script = new(opened, ReadSettings());
        WriteMessages();
        script.WriteTo(this, Session.Stopping);
        if (script.LastExitCode is object code) SessionState.PSVariable.Set(ExitCode, code);
    }

    private ScriptSettings ReadSettings()
    {
        bool isFile = ParameterSetName == ByFile;
        return new(isFile ? RunFile : ScriptBlock.ToString())
        {
            Arguments = isFile ? [WildcardPattern.Escape(FilePath), ArgumentList] : ArgumentList,
            UsingValues = isFile ? [] : UsingValues.Read(ScriptBlock, SessionState),
            Variables = ReadPreferences(),
            LanguageMode = SessionState.LanguageMode,
            Folder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        };
    }

    private Hashtable ReadPreferences()
    {
        Hashtable preferences = [];
        foreach (string name in s_preferences)
        {
            if (SessionState.PSVariable.GetValue(name) is object value) preferences[name] = value;
        }

        foreach (string stream in (string[])["Verbose", "Debug"])
        {
            if (MyInvocation.BoundParameters.TryGetValue(stream, out object? given)) preferences[$"{stream}Preference"] =
                (SwitchParameter)given ? ActionPreference.Continue : ActionPreference.SilentlyContinue;
        }

        return preferences;
    }
}
