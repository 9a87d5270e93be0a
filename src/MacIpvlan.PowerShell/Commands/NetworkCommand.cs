using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;
using MacIpvlan.Containers;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The base of all cmdlets: the session, the conversion of exceptions to errors, and the verbose messages.
/// </summary>
public abstract class NetworkCommand : PSCmdlet, IDisposable
{
    private readonly ConcurrentQueue<Message> _messages = new();
    private readonly CancellationTokenSource _stopping = new();
    private string[] _typed = [];
    private ProgressDisplay? _progress;
    private NetworkSession? _session;

    private protected NetworkSession Session => _session ??= new NetworkSession(StateLocation.Open)
    {
        Trace = IsVerbose ? text => _messages.Enqueue(new(IsWarning: false, text)) : null,
        Warn = text => _messages.Enqueue(new(IsWarning: true, text)),
        OpenRuntimes = OpenRuntimes,
        OpenDatabase = DatabaseLocation.Open,
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

    /// <summary>Opens the container runtimes that the command can ask.</summary>
    private protected virtual IReadOnlyList<IContainerRuntime> OpenRuntimes() => RuntimeLocation.Open();

    /// <summary>Whether the command ends by itself, so that progress is worth showing.</summary>
    private protected virtual bool EndsByItself => true;

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        _typed = [.. MyInvocation.BoundParameters.Keys];
        string missing = Capabilities.DescribeMissing(ChangesHost, EntersNamespaces, SendsPackets);
        if (missing.Length == 0) return;
        NetworkException denied = new(
            NetworkError.PermissionDenied, $"{MyInvocation.MyCommand.Name}: this process lacks {missing}.");
        ThrowTerminatingError(ErrorRecords.From(denied, null));
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Work(Process, isLast: false);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Work(
        () =>
        {
            Finish();
            if (ChangesHost && _session is not null) new KnownDatabases(_session).Tell();
        },
        isLast: true);

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

    /// <summary>Whether a parameter is on the command line, so that it doesn't come down the pipeline.</summary>
    private protected bool IsTyped(string parameter) => _typed.Contains(parameter);

    /// <summary>
    /// Whether a switch was specified, on the command line or by the current object, in which it isn't empty. Asked once for each
    /// object.
    /// </summary>
    private protected bool TakeGiven(string parameter)
    {
        bool isGiven = MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value != EmptySwitch.Value;
        // PowerShell only adds here what an object has, and doesn't take it out for the next object.
        if (!IsTyped(parameter)) MyInvocation.BoundParameters.Remove(parameter);
        return isGiven;
    }

    /// <summary>Asks before a change. Names of others in the question are cleaned.</summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(PrintableText.Clean(target), PrintableText.Clean(action));

    /// <summary>
    /// Asks before a removal. Its impact is high if it takes NICs away; then the question is asked at the default preference too,
    /// unless -Force permits it. If nobody can answer, the removal is refused where it is carried out.
    /// </summary>
    /// <param name="target">What is removed.</param>
    /// <param name="action">The removal, without what it does to NICs.</param>
    /// <param name="nics">The number of NICs that it would take away.</param>
    /// <param name="force">Whether -Force permits that.</param>
    /// <param name="disconnect">Whether to take the NICs away: -Force or the answer permits it.</param>
    private protected bool ShouldRemove(string target, string action, int nics, bool force, out bool disconnect)
    {
        disconnect = force;
        if (nics > 0 && !force && Asks(ConfirmImpact.High))
        {
            try
            {
                return disconnect = ShouldProcess(target, $"{action}, disconnecting NICs: {nics}");
            }
            // No terminal, no input left, or a host without questions: PowerShell throws one of these.
            catch (Exception e) when (e is InvalidOperationException or HostException or NullReferenceException)
            {
                return true;
            }
        }

        string effect = nics == 0 ? ""
            : force ? $", disconnecting NICs: {nics}"
            : $", which fails without -Force because it has NICs: {nics}";
        // The class has the impact of its worst case. This isn't it, so the question is asked only if the user wants more of them.
        if (IsWhatIf || Asks(ConfirmImpact.Medium)) return ShouldProcess(target, action + effect);
        WriteVerbose(PrintableText.Clean($"Performing the operation \"{action}{effect}\" on target \"{target}\"."));
        return true;
    }

    /// <summary>Whether changes are only described.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? (SwitchParameter)given
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private bool Asks(ConfirmImpact impact)
    {
        if (IsWhatIf) return false;
        if (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? given)) return (SwitchParameter)given;
        ConfirmImpact least = LanguagePrimitives.ConvertTo<ConfirmImpact>(SessionState.PSVariable.GetValue("ConfirmPreference"));
        return least != ConfirmImpact.None && impact >= least;
    }

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
        Func<string, NetworkException?> notFound,
        bool missingIsFine = false)
    {
        if (names is null) return items;
        List<T> selected = [];
        foreach (string name in names)
        {
            NamePattern pattern = NamePattern.For(name, items, nameOf);
            T[] matches = [.. items.Where(i => pattern.Matches(nameOf(i)))];
            bool isMissing = matches.Length == 0 && !missingIsFine && !WildcardPattern.ContainsWildcardCharacters(name);
            if (isMissing && notFound(name) is NetworkException error) WriteError(ErrorRecords.From(error, name));

            selected.AddRange(matches);
        }

        return selected.Distinct();
    }

    private protected IEnumerable<ContainerNetwork> SelectNetworks(string[]? names)
    {
        IReadOnlyList<ContainerNetwork> all = new ContainerNetworks(Session).GetAll();
        return Select(names, all, static n => n.Name, n => NotFound.Network(n, all));
    }

    /// <summary>Selects networks of one kind, or of both. A network of the other kind is an error in any case.</summary>
    private protected IReadOnlyList<T> SelectNetworks<T>(string[]? names, bool missingIsFine = false) where T : ContainerNetwork
    {
        IReadOnlyList<ContainerNetwork> all = new ContainerNetworks(Session).GetAll();
        return [.. Select(names, [.. all.OfType<T>()], static n => n.Name, NotFoundOrOther)];

        NetworkException? NotFoundOrOther(string name) =>
            all.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is ContainerNetwork other
                ? NotFound.OtherKind(other, typeof(T), MyInvocation.MyCommand.Name.Split('-')[0])
                : missingIsFine ? null : NotFound.Network(name, all);
    }

    /// <summary>The networks that references mean; null if there are no references.</summary>
    private protected ContainerNetwork[]? SelectReferenced(NetworkReference[]? references) =>
        NetworkReference.NamesOf(references) is string[] names ? [.. SelectReferenced(names)] : null;

    private IEnumerable<ContainerNetwork> SelectReferenced(string[] names)
    {
        IReadOnlyList<ContainerNetwork> all = new ContainerNetworks(Session).GetAll();
        return Select(names, all, static n => n.Name, n => NotFound.NetworkOfNic(Session, n, all));
    }

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
        while (_messages.TryDequeue(out Message? message))
        {
            if (message.IsWarning) TellWarning(message.Text);
            else WriteVerbose(message.Text);
        }
    }

    /// <summary>Tells the user of a warning.</summary>
    private protected virtual void TellWarning(string text) => WriteWarning(text);

    private sealed record Message(bool IsWarning, string Text);
}
