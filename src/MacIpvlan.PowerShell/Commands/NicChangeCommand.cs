using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of the cmdlets that change NICs, one after the other.</summary>
public abstract class NicChangeCommand : NicSelectionCommand
{
    private IReadOnlyList<ContainerNic>? _all;

    /// <summary>Returns the NICs as they are now.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process(NicSelection selection)
    {
        Check();
        if (selection.IsOfAll)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "Nothing says which NICs to change.",
                $"Specify a network, a target, or NICs: Get-ContainerNic | {MyInvocation.MyCommand.Name} changes all.");
        }

        ContainerNic[] nics = [.. selection.Find(() => selection.Nics is null ? GetNics(selection) : _all ??= GetNics(selection))];
        if (ReportMissing(selection, nics)) return;
        foreach (ContainerNic nic in nics)
        {
            Session.Progress(new("Changing NICs", nic, TotalOf(nics.Length)));
            Guard(nic, () =>
            {
                // What would be refused isn't promised.
                if (IsWhatIf) CheckChange(nic);
                if (!ShouldProcess(nic.ToString(), Describe(nic))) return;
                ContainerNic changed = Change(nic);
                if (!PassThru) return;
                IReadOnlyList<ContainerNic> now = ContainerNics.WithRoutes([changed], new ContainerNics(Session).GetAll());
                foreach (ContainerNic seen in new NicStates(Session).Look(now)) Write(seen);
            });
        }
    }

    /// <summary>Checks the parameters before any NIC is changed.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    private protected virtual void Check()
    {
    }

    /// <summary>Checks a change of a NIC, as far as that is possible without it.</summary>
    /// <exception cref="NetworkException">The change can't be carried out.</exception>
    private protected virtual void CheckChange(ContainerNic nic)
    {
    }

    /// <summary>The change in words.</summary>
    private protected abstract string Describe(ContainerNic nic);

    /// <summary>Changes a NIC.</summary>
    /// <returns>The NIC as it is on record now.</returns>
    private protected abstract ContainerNic Change(ContainerNic nic);
}
