using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MacIpvlan.PowerShell;

/// <summary>
/// A script that runs in a new runspace on a thread in a network namespace. What it writes is handed to the cmdlet's thread as it comes,
/// since only that one can write.
/// </summary>
internal sealed class NamespaceScript : IDisposable
{
    private const int MostWaiting = 1000;
    private const string ExitCode = "LASTEXITCODE";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly ScriptSettings _settings;
    private readonly BlockingCollection<Action<Cmdlet>> _written = new(MostWaiting);
    private readonly CancellationTokenSource _stopping = new();
    private readonly NamespaceThread _thread;
    private volatile System.Management.Automation.PowerShell? _shell;

    /// <summary>Starts the script.</summary>
    public NamespaceScript(NicTarget target, ScriptSettings settings)
    {
        _settings = settings;
        _thread = new NamespaceThread(target.Namespace, Run, _written.CompleteAdding);
    }

    /// <summary>The exit code of the last native command; null if there was none.</summary>
    public object? LastExitCode { get; private set; }

    /// <summary>Waits for the script, and gives the cmdlet what it writes.</summary>
    /// <exception cref="OperationCanceledException">The cmdlet must stop.</exception>
    public void WriteTo(Cmdlet cmdlet, CancellationToken stopping)
    {
        foreach (Action<Cmdlet> write in _written.GetConsumingEnumerable(stopping)) write(cmdlet);
        _thread.Finish();
    }

    /// <summary>Stops the script if it still runs, as Ctrl+C does.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        // It can be about to begin.
        while (!_thread.Wait(s_interval)) _shell?.BeginStop(null, null);
        _thread.Dispose();
        _written.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.LanguageMode = _settings.LanguageMode;
        // Without the session's host: it shows what this script writes when the cmdlet writes it.
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        foreach (DictionaryEntry variable in _settings.Variables) runspace.SessionStateProxy.SetVariable((string)variable.Key, variable.Value);
        if (_settings.Folder is not null) TrySetLocation(runspace, _settings.Folder);
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(_settings.Script);
        foreach (object? argument in _settings.Arguments) shell.AddArgument(argument);
        if (_settings.UsingValues.Count > 0) shell.AddParameter(UsingValues.Parameter, _settings.UsingValues);
        PSDataCollection<PSObject> output = [];
        Pass(output, static (cmdlet, item) => cmdlet.WriteObject(item));
        Pass(shell.Streams.Error, static (cmdlet, item) => cmdlet.WriteError(item));
        Pass(shell.Streams.Warning, static (cmdlet, item) => cmdlet.WriteWarning(item.Message));
        Pass(shell.Streams.Verbose, static (cmdlet, item) => cmdlet.WriteVerbose(item.Message));
        Pass(shell.Streams.Debug, static (cmdlet, item) => cmdlet.WriteDebug(item.Message));
        Pass(shell.Streams.Progress, static (cmdlet, item) => cmdlet.WriteProgress(item));
        Pass(shell.Streams.Information, WriteInformation);
        _shell = shell;
        try
        {
            if (!_stopping.IsCancellationRequested) shell.Invoke<PSObject, PSObject>(null, output, new PSInvocationSettings());
        }
        catch (PipelineStoppedException)
        {
            // By this cmdlet.
        }
        catch (RuntimeException e)
        {
            Add(cmdlet => cmdlet.WriteError(e.ErrorRecord));
        }
        finally
        {
            _shell = null;
        }

        LastExitCode = runspace.SessionStateProxy.GetVariable(ExitCode);
    }

    private static void TrySetLocation(Runspace runspace, string folder)
    {
        try
        {
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));
        }
        catch (Exception e) when (e is ItemNotFoundException or UnauthorizedAccessException)
        {
            // The session is in a folder that has been removed since.
        }
    }

    // Nothing is kept here: a script can write for days.
    private void Pass<T>(PSDataCollection<T> stream, Action<Cmdlet, T> write) => stream.DataAdded += (_, _) =>
    {
        foreach (T item in stream.ReadAll()) Add(cmdlet => write(cmdlet, item));
    };

    private void Add(Action<Cmdlet> write)
    {
        try
        {
            _written.Add(write, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }
    }

    // What Write-Host writes has been shown by a host already, unless it comes from elsewhere.
    private static void WriteInformation(Cmdlet cmdlet, InformationRecord record)
    {
        if (record.Tags.Contains("PSHOST")) record.Tags.Add("FORWARDED");
        cmdlet.WriteInformation(record);
    }
}

/// <summary>What a script is, and what it takes over from the session.</summary>
/// <param name="Script">The text.</param>
internal sealed record ScriptSettings(string Script)
{
    public IReadOnlyList<object?> Arguments { get; init; } = [];

    public Hashtable UsingValues { get; init; } = [];

    public Hashtable Variables { get; init; } = [];

    public PSLanguageMode LanguageMode { get; init; }

    public string? Folder { get; init; }
}
