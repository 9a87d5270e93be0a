using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>
/// Follows container runtimes until Ctrl+C, and restores or releases NICs as containers start and are removed.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "ContainerNic", SupportsShouldProcess = true)]
[OutputType(typeof(RestoredItem), typeof(string))]
public sealed class WatchContainerNicCommand : NetworkCommand
{
    private ServiceLog? _log;

    /// <summary>Writes for a log instead: entries of the systemd journal, or lines.</summary>
    [Parameter]
    public SwitchParameter AsLog { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => false;

    private protected override void Process()
    {
        using IDisposable termination = TerminationSignal.TreatAsInterrupt();
        if (AsLog) _log = new(Environment.GetEnvironmentVariable, WriteObject);
        // Warnings would otherwise wait for the next item.
        ContainerWatch watch = new(Session, ShouldProcess) { Waiting = WriteMessages };
        foreach (RestoredItem item in watch.Run())
        {
            WriteMessages();
            if (_log is null) WriteObject(item);
            else _log.Write(item);
        }
    }

    private protected override void TellWarning(string text)
    {
        if (_log is null) base.TellWarning(text);
        else _log.WriteWarning(text);
    }
}
