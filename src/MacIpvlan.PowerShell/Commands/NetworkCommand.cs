using System.Collections.Concurrent;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The base of all cmdlets: the session, the conversion of exceptions to errors, and the verbose messages.
/// </summary>
public abstract class NetworkCommand : PSCmdlet, IDisposable
{
    private readonly ConcurrentQueue<(bool IsWarning, string Text)> _messages = new();
    private readonly CancellationTokenSource _stopping = new();
    private ProgressDisplay? _progress;
    private NetworkSession? _session;

    private protected NetworkSession Session => _session ??= new NetworkSession(StateLocation.Open)
    {
        Trace = IsVerbose ? text => _messages.Enqueue((IsWarning: false, text)) : null,
        Warn = text => _messages.Enqueue((IsWarning: true, text)),
        OpenRuntimes = RuntimeLocation.Open,
        Recovering = Recovery.Run,
        Progress = EndsByItself ? Progress.Report : static _ => { },
        Stopping = _stopping.Token,
    };

    private ProgressDisplay Progress => _progress ??= new ProgressDisplay(WriteProgress, TimeProvider.System);

    private bool IsVerbose => MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? (SwitchParameter)given
        : SessionState.PSVariable.GetValue("VerbosePreference") is not ActionPreference.SilentlyContinue;

    /// <summary>Whether the command changes the host's network, which requires CAP_NET_ADMIN.</summary>
    private protected virtual bool ChangesHost => false;

    /// <summary>
    /// Whether the command enters, names or unnames network namespaces, which requires CAP_SYS_ADMIN.
    /// </summary>
    private protected virtual bool EntersNamespaces => false;

    /// <summary>Whether the command sends its own packets, which requires CAP_NET_RAW.</summary>
    private protected virtual bool SendsPackets => false;

    /// <summary>Whether the command ends by itself, so that progress is worth showing.</summary>
    private protected virtual bool EndsByItself => true;

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        string missing = Capabilities.DescribeMissing(ChangesHost, EntersNamespaces, SendsPackets);
        if (missing.Length == 0) return;
        NetworkException denied = new(
            NetworkError.PermissionDenied, $"{MyInvocation.MyCommand.Name}: this process lacks {missing}.");
        ThrowTerminatingError(ErrorRecords.From(denied, null));
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Work(Process, isLast: false);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Work(Finish, isLast: true);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Stop runs on another thread, and the command can end in the meantime.
        }
    }

    /// <summary>Processes one record of the pipeline.</summary>
    private protected abstract void Process();

    /// <summary>Processes the end of the pipeline.</summary>
    private protected virtual void Finish()
    {
    }

    private void Work(Action work, bool isLast)
    {
        bool isOver = true;
        Progress.Start();
        try
        {
            Guard(null, work);
            isOver = isLast;
        }
        finally
        {
            Progress.Pause();
            if (isOver) Progress.Complete();
        }
    }

    /// <summary>Processes one input. A failure affects only that input, unless the environment is the cause.</summary>
    /// <returns>Whether it succeeded.</returns>
    private protected bool Guard(object? target, Action action)
    {
        // Nothing is half-finished at this point. PowerShell tells only commands that write that the pipeline is being
        // stopped.
        if (_stopping.IsCancellationRequested) throw new PipelineStoppedException();
        try
        {
            action();
            return true;
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            WriteMessages();
            ErrorRecord record = ErrorRecords.From(e, target);
            if (ErrorRecords.IsOfEnvironment(e)) ThrowTerminatingError(record);
            WriteError(record);
            return false;
        }
        finally
        {
            WriteMessages();
        }
    }

    /// <summary>Asks before a change. Names of others in the question are cleaned.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(PrintableText.Clean(target), PrintableText.Clean(action));

    /// <summary>The total number of items; zero with pipeline input, because more items can follow.</summary>
    private protected int TotalOf(int items) => MyInvocation.ExpectingInput ? 0 : items;

    /// <summary>
    /// Selects the items that names or patterns match. A name without a match is an error; a pattern without a match
    /// isn't.
    /// </summary>
    private protected IEnumerable<T> Select<T>(
        string[]? names,
        IReadOnlyCollection<T> items,
        Func<T, string> nameOf,
        Func<string, NetworkException> notFound,
        bool missingIsFine = false)
    {
        if (names is null) return items;
        List<T> selected = [];
        foreach (string name in names)
        {
            NamePattern pattern = NamePattern.For(name, items, nameOf);
            T[] matches = [.. items.Where(i => pattern.Matches(nameOf(i)))];
            if (matches.Length == 0 && !missingIsFine && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(ErrorRecords.From(notFound(name), name));
            }

            selected.AddRange(matches);
        }

        return selected.Distinct();
    }

    private protected IEnumerable<ContainerNetwork> SelectNetworks(string[]? names) => Select(
        names, new ContainerNetworks(Session).GetAll(), static n => n.Name, NetworkNotFound);

    /// <summary>The networks that references mean; null if there are no references.</summary>
    private protected ContainerNetwork[]? SelectReferenced(NetworkReference[]? references) =>
        references is null ? null : [.. SelectNetworks([.. references.Select(static n => n.Name)])];

    /// <summary>The NICs of networks; of all networks if null.</summary>
    private protected IReadOnlyList<ContainerNic> GetNics(ContainerNetwork[]? networks)
    {
        ContainerNics nics = new(Session);
        return networks is null ? nics.GetAll() : [.. networks.SelectMany(nics.GetAll)];
    }

    /// <summary>The items whose name matches one of the names or patterns; all items if null.</summary>
    private protected static IEnumerable<T> Matching<T>(IReadOnlyCollection<T> items, string[]? names, Func<T, string> nameOf)
    {
        NamePattern[]? patterns = names?.Select(n => NamePattern.For(n, items, nameOf)).ToArray();
        return patterns is null ? items : items.Where(i => patterns.Any(p => p.Matches(nameOf(i))));
    }

    /// <summary>Describes the effect of a removal on the NICs concerned, for the confirmation.</summary>
    private protected static string DescribeNics(int count, bool areDisconnected) => count == 0 ? ""
        : areDisconnected ? $", disconnecting NICs: {count}"
        : $", which fails without -Force because it has NICs: {count}";

    private protected static NetworkException NetworkNotFound(string name) => new(
        NetworkError.NetworkNotFound,
        $"The network '{name}' doesn't exist.",
        "List the networks with Get-ContainerNetwork.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the session.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _session?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Writes an object, after the messages of the steps that led to it.</summary>
    private protected void Write(object item)
    {
        WriteMessages();
        WriteObject(item);
    }

    // Messages aren't written during a step, because writing in a stopped pipeline ends the caller. Also, steps run on
    // other threads, which can't write.
    private protected void WriteMessages()
    {
        while (_messages.TryDequeue(out (bool IsWarning, string Text) message))
        {
            if (message.IsWarning) WriteWarning(message.Text);
            else WriteVerbose(message.Text);
        }
    }
}
