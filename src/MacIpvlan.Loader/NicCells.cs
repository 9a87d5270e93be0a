using System.Management.Automation;

namespace MacIpvlan.Loader;

/// <summary>
/// The cells of the tables of NICs, which are hidden properties in MacIpvlan.types.ps1xml. A script in a view would be
/// compiled each time that a process shows its first NICs. PowerShell reads that file before it loads the assembly with the
/// cells, so it finds these methods instead.
/// </summary>
public static class NicCells
{
    /// <summary>The state of a NIC.</summary>
    public static string State(PSObject nic) => Cells.s_state(nic);

    /// <summary>The addresses of a NIC, with the MAC address and the runtime.</summary>
    public static string Addresses(PSObject nic) => Cells.s_addresses(nic);

    // Looked up at the first cell.
    private static class Cells
    {
        public static readonly Func<PSObject, string> s_state = Find(nameof(State)), s_addresses = Find(nameof(Addresses));

        private static Func<PSObject, string> Find(string name) =>
            Type.GetType("MacIpvlan.PowerShell.TableCells, MacIpvlan.PowerShell", throwOnError: true)!
                .GetMethod(name, [typeof(PSObject)])!.CreateDelegate<Func<PSObject, string>>();
    }
}
