using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes NICs and frees their addresses.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class DisconnectContainerNicCommand : NicSelectionCommand
{
    private DisconnectPipeline? _disconnections;
    private IReadOnlyList<ContainerNic>? _all;
    private bool _isDisposing;

    /// <summary>
    /// Suppresses the error if there is no such NIC, and frees the addresses of a NIC whose interface can't be found.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the NICs that were disconnected.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process(NicSelection selection)
    {
        if (selection.IsOfAll)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "Nothing says which NICs to disconnect.",
                "Specify a network, a target, or NICs: Get-ContainerNic | Disconnect-ContainerNic disconnects all.");
        }

        _disconnections ??= new DisconnectPipeline(Session, Report) { Force = Force, Disconnected = Report };
        // NICs that no longer exist count as disconnected.
        ContainerNic[] nics = [.. selection.Find(() => selection.Nics is null ? GetNics(selection) : _all ??= GetNics(selection))];
        if (!Force) ReportMissing(selection, nics);
        _disconnections.Total = TotalOf(nics.Length);
        foreach (ContainerNic nic in nics)
        {
            Guard(nic, () =>
            {
                string addresses = nic.IPAddress.Count == 0 ? "" : $" and free its addresses {nic.IPAddress}";
                string what = $"Disconnect the NIC from network {nic.Network}{addresses}";
                if (ShouldProcess(nic.ToString(), what)) _disconnections.Start(nic);
            });
        }
    }

    private protected override void Finish() => _disconnections?.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // In a stopped pipeline, NICs that were started are finished, but nothing can be written any more.
        _isDisposing = true;
        _disconnections?.Dispose();
        base.Dispose(disposing);
    }

    private void Report(ContainerNic nic)
    {
        if (PassThru && !_isDisposing) Write(nic.ToDisconnected());
    }

    private void Report(ContainerNic nic, Exception failure)
    {
        if (!_isDisposing) Guard(nic, () => throw failure);
    }
}
