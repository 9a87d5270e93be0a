using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Renews the DHCP leases of NICs now.</summary>
[Cmdlet(VerbsData.Update, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class UpdateContainerNicCommand : NicSelectionCommand
{
    private IReadOnlyList<ContainerNic>? _all;
    private LeaseRenewals? _renewals;

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override bool SendsPackets => true;

    private protected override void Process(NicSelection selection)
    {
        ContainerNic[] nics = [.. selection.Find(() => selection.Nics is null ? GetNics(selection) : _all ??= GetNics(selection))];
        if (ReportMissing(selection, nics)) return;
        _renewals ??= new LeaseRenewals(Session, Report);
        // Of all NICs, or of all in a network, only those with a lease are meant.
        foreach (ContainerNic nic in nics.Where(n => n.UsesDhcp() || selection.Nics is not null))
        {
            Session.Progress(new("Renewing leases", nic, TotalOf(nics.Length)));
            Guard(nic, () =>
            {
                if (ShouldProcess(nic.ToString(), $"Renew the DHCP lease on network {nic.Network}")) _renewals.Start(nic);
            });
        }
    }

    private protected override void Finish() => _renewals?.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _renewals?.Dispose();
        base.Dispose(disposing);
    }

    private void Report(ContainerNic nic, ConnectOutcome outcome) => Guard(nic, () =>
    {
        foreach (ContainerNic now in new NicStates(Session).Look([outcome.GetNic()])) Write(now);
    });
}
