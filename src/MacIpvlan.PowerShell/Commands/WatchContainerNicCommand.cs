using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>
/// Follows container runtimes until Ctrl+C, and restores or releases NICs as containers start and are removed.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "ContainerNic", SupportsShouldProcess = true)]
[OutputType(typeof(RestoredItem))]
public sealed class WatchContainerNicCommand : NetworkCommand
{
    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => false;

    private protected override void Process()
    {
        using IDisposable termination = TerminationSignal.TreatAsInterrupt();
        // Warnings would otherwise wait for the next item.
        ContainerWatch watch = new(Session, ShouldProcess) { Waiting = WriteMessages };
        foreach (RestoredItem item in watch.Run()) Write(item);
    }
}
